//! coturn's own client and peer (Debian: coturn), which know nothing of our code.

use crate::relay_process::PATIENCE;
use std::net::{IpAddr, SocketAddr};
use std::process::Stdio;
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// How long a run may take. The client alone waits several seconds for stragglers.
const RUN: Duration = Duration::from_secs(60);
/// Between two looks whether a peer listens.
const LOOK: Duration = Duration::from_millis(50);

/// `turnutils_peer`: sends back what it gets. Dropping it ends it.
#[derive(Debug)]
pub struct EchoPeer {
    pub address: SocketAddr,
    _child: Child,
}

/// What `turnutils_uclient` says at its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub sent: u64,
    pub received: u64,
    pub lost: u64,
    /// All that it printed, to show when a test fails.
    pub text: String,
}

impl EchoPeer {
    /// A peer on a free port of this address.
    ///
    /// # Panics
    /// When the tool is missing or does not answer.
    pub async fn start(ip: IpAddr) -> Self {
        let probe = UdpSocket::bind((ip, 0)).await.expect("a free port");
        let free = std::net::UdpSocket::bind((ip, 0)).expect("a free port");
        let address = free.local_addr().expect("it is bound");
        drop(free);
        let child = Command::new("turnutils_peer")
            .args(["-L", &ip.to_string(), "-p", &address.port().to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let child = child.expect("turnutils_peer starts (Debian: coturn)");
        let answered = timeout(PATIENCE, async {
            let mut echo = [0; 16];
            loop {
                // An error says that nobody listens yet.
                let _ = probe.send_to(b"echo", address).await;
                if let Ok(Ok(_)) = timeout(LOOK, probe.recv(&mut echo)).await {
                    return;
                }
            }
        });
        answered.await.expect("the peer answers in time");
        Self {
            address,
            _child: child,
        }
    }
}

/// Runs `turnutils_uclient` with these arguments to its end.
///
/// # Panics
/// When the tool is missing, or hangs.
pub async fn uclient(arguments: &[String]) -> Outcome {
    let run = Command::new("turnutils_uclient")
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let run = timeout(RUN, run).await.expect("uclient ends in time");
    let output = run.expect("turnutils_uclient starts (Debian: coturn)");
    let [said, complained] = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it));
    let text = format!("{said}{complained}");
    Outcome {
        sent: number_after(&text, "tot_send_msgs=").unwrap_or_default(),
        received: number_after(&text, "tot_recv_msgs=").unwrap_or_default(),
        lost: number_after(&text, "Total lost packets ").unwrap_or(u64::MAX),
        text,
    }
}

/// The number behind the last mention of `label`.
fn number_after(text: &str, label: &str) -> Option<u64> {
    let (_, rest) = text.rsplit_once(label)?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_the_numbers_is_read() {
        let text =
            "tot_send_msgs=3, tot_recv_msgs=2\nTotal lost packets 1 (0.1%)\ntot_send_msgs=800";
        assert_eq!(number_after(text, "tot_send_msgs="), Some(800));
        assert_eq!(number_after(text, "Total lost packets "), Some(1));
        assert_eq!(number_after(text, "Total errors "), None);
    }
}
