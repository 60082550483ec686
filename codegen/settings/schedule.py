"""Schedules as EventBridge writes them: rate(<value> <unit>), or cron(<six fields>).

One pattern says all of it, so that an editor underlines just what is refused here. The fields are
those of docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html.
"""

from __future__ import annotations

_MINUTE = "[0-5]?[0-9]"
_HOUR = "([01]?[0-9]|2[0-3])"
_DAY = "(0?[1-9]|[12][0-9]|3[01])"
_MONTH = "(0?[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)"
_WEEKDAY = "([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)"
_YEAR = "(19[7-9][0-9]|20[0-9]{2}|21[0-9]{2})"
# A step beyond its field's highest value would leave one match, which is written as that value.
_MINUTES_STEP = "([1-9]|[1-5][0-9])"
_HOURS_STEP = "([1-9]|1[0-9]|2[0-3])"
_DAYS_STEP = "([1-9]|[12][0-9]|3[01])"
_MONTHS_STEP = "([1-9]|1[0-2])"
_YEARS_STEP = "[1-9][0-9]?"


def _field(value: str, step: str = "") -> str:
    """`*`, or values, ranges and, where the field has them, steps, with commas between."""
    steps = f"(/{step})?" if step else ""
    item = rf"({value}(-{value})?{steps}" + (rf"|\*/{step})" if step else ")")
    return rf"(\*|{item}(,{item})*)"


_MONTHS = _field(_MONTH, _MONTHS_STEP)
_DAYS = rf"({_field(_DAY, _DAYS_STEP)}|L|{_DAY}W)"
_WEEKDAYS = rf"({_field(_WEEKDAY)}|[1-7]?L|{_WEEKDAY}#[1-5])"
# EventBridge takes a day of the month or a day of the week, and ? for the other.
_CRON = (
    rf"{_field(_MINUTE, _MINUTES_STEP)} {_field(_HOUR, _HOURS_STEP)} "
    rf"({_DAYS} {_MONTHS} \?|\? {_MONTHS} {_WEEKDAYS}) {_field(_YEAR, _YEARS_STEP)}"
)
# At most 31 days, in any unit: an overdue ticket is to be found while somebody waits for it, and
# what is longer is a slip of the keyboard.
_MINUTES = (
    "([2-9]|[1-9][0-9]{1,3}|[1-3][0-9]{4}|4[0-3][0-9]{3}|44[0-5][0-9]{2}|446[0-3][0-9]|44640)"
)
_HOURS = "([2-9]|[1-9][0-9]|[1-6][0-9]{2}|7[0-3][0-9]|74[0-4])"
_RATE = rf"1 (minute|hour|day)|{_MINUTES} minutes|{_HOURS} hours|([2-9]|[12][0-9]|3[01]) days"

SCHEDULE = rf"^(rate\(({_RATE})\)|cron\({_CRON}\))$"
SCHEDULE_IN_WORDS = (
    "rate(1 minute), rate(2 hours) and so on, at most 31 days; or cron(minutes hours day-of-month "
    "month day-of-week year) as EventBridge writes it, of which just one of day-of-month and "
    "day-of-week is ?"
)
