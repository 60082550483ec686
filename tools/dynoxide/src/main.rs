//! Dynoxide in memory, on a free port of the loopback interface, until its standard input ends.
//!
//! The first line of output is its address. Expired items are deleted ten times a second: Dynoxide
//! deletes them only when it is asked to, AWS within days.

use std::{io, net::Ipv4Addr, process, thread, time::Duration};

use dynoxide::{Database, server};
use tokio::net::TcpListener;

const SWEEP_INTERVAL: Duration = Duration::from_millis(100);

#[tokio::main]
async fn main() -> io::Result<()> {
    let database = Database::memory().map_err(io::Error::other)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("http://{}", listener.local_addr()?);

    let swept = database.clone();
    thread::spawn(move || {
        loop {
            thread::sleep(SWEEP_INTERVAL);
            if let Err(error) = swept.sweep_ttl() {
                eprintln!("dynoxide: expired items cannot be deleted: {error}");
            }
        }
    });
    // whoever started it may be killed: it must not outlive them
    thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        process::exit(0);
    });
    server::serve_on(listener, database).await;
    Ok(())
}
