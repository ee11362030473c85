//! coturn's client gets through our server, and loses nothing at a fixed load.

use quietroom_tests::coturn::{EchoPeer, Outcome, uclient};
use quietroom_tests::turn_server::{Options, PASSWORD, SHARED_SECRET, TurnServer, USER};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

/// Four clients, 300 packets of 1000 bytes each, one every 5 ms: 800 packets per second both ways.
const LOAD: (&str, u64) = ("-m 4 -n 300 -z 5 -l 1000", 1200);
/// Over TLS the client leaves messages unread that come in one segment, from coturn's server too:
/// two clients, 100 short packets each, one every 50 ms.
const TLS_LOAD: (&str, u64) = ("-m 2 -n 100 -z 50 -l 100", 200);

/// What differs from run to run.
struct Run {
    /// Options of the client; each of them is told in its help.
    options: &'static str,
    ip: IpAddr,
    port: fn(&TurnServer) -> u16,
    /// Options, and how many packets they mean.
    load: (&'static str, u64),
    /// To an echoing peer; otherwise from client to client (`-y`).
    peer: bool,
}

const CHANNELS: Run = Run {
    options: "",
    ip: V4,
    port: |server| server.udp,
    load: LOAD,
    peer: true,
};
const OVER_TCP: Run = Run {
    options: "-t",
    port: |server| server.tcp,
    ..CHANNELS
};
const OVER_TLS: Run = Run {
    options: "-t -S",
    port: |server| server.tls,
    load: TLS_LOAD,
    ..CHANNELS
};

async fn loses_nothing(run: Run) {
    let outcome = outcome(&run, &format!("-u {USER} -w {PASSWORD}")).await;
    whole(&outcome, run.load.1);
}

async fn outcome(run: &Run, login: &str) -> Outcome {
    let server = TurnServer::start_with(&Options {
        rfc5766_channels: true,
        ..Options::default()
    });
    let peer = EchoPeer::start(run.ip).await;
    let port = (run.port)(&server);
    let ip = run.ip;
    let mut line = format!("{} {} -p {port} {login}", run.load.0, run.options);
    if run.peer {
        let (ip, port) = (peer.address.ip(), peer.address.port());
        line += &format!(" -e {ip} -r {port}");
    }
    line += &format!(" {ip}");
    let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    uclient(&arguments).await
}

fn whole(outcome: &Outcome, packets: u64) {
    // From client to client it sends more than it was told.
    assert!(outcome.sent >= packets, "{}", outcome.text);
    let got = (outcome.received, outcome.lost);
    assert_eq!(got, (outcome.sent, 0), "{}", outcome.text);
}

#[tokio::test]
async fn channels_over_udp() {
    loses_nothing(CHANNELS).await;
}

#[tokio::test]
async fn send_indications_over_udp() {
    let options = "-s";
    loses_nothing(Run {
        options,
        ..CHANNELS
    })
    .await;
}

#[tokio::test]
async fn channels_over_tcp() {
    loses_nothing(OVER_TCP).await;
}

#[tokio::test]
async fn send_indications_over_tcp() {
    let options = "-t -s";
    loses_nothing(Run {
        options,
        ..OVER_TCP
    })
    .await;
}

#[tokio::test]
async fn channels_over_tls() {
    loses_nothing(OVER_TLS).await;
}

#[tokio::test]
async fn send_indications_over_tls() {
    let options = "-t -S -s";
    loses_nothing(Run {
        options,
        ..OVER_TLS
    })
    .await;
}

#[tokio::test]
async fn from_client_to_client_over_udp() {
    let (options, peer) = ("-y", false);
    loses_nothing(Run {
        options,
        peer,
        ..CHANNELS
    })
    .await;
}

#[tokio::test]
async fn from_client_to_client_over_tls_with_send_indications() {
    let (options, peer) = ("-t -S -y -s", false);
    loses_nothing(Run {
        options,
        peer,
        ..OVER_TLS
    })
    .await;
}

#[tokio::test]
async fn without_fragments() {
    let options = "-g";
    loses_nothing(Run {
        options,
        ..CHANNELS
    })
    .await;
}

#[tokio::test]
async fn without_fragments_by_send_indications() {
    let options = "-g -s";
    loses_nothing(Run {
        options,
        ..CHANNELS
    })
    .await;
}

#[tokio::test]
async fn with_more_requests_than_needed_and_padding() {
    let options = "-G -D";
    loses_nothing(Run {
        options,
        ..CHANNELS
    })
    .await;
}

#[tokio::test]
async fn by_a_shared_secret() {
    let outcome = outcome(&CHANNELS, &format!("-u guest -W {SHARED_SECRET}")).await;
    whole(&outcome, LOAD.1);
}

#[tokio::test]
async fn ipv6_over_udp() {
    let (options, ip) = ("-x", V6);
    loses_nothing(Run {
        options,
        ip,
        ..CHANNELS
    })
    .await;
}

#[tokio::test]
async fn ipv6_over_tls_from_client_to_client() {
    let (options, ip, peer) = ("-t -S -x -y", V6, false);
    loses_nothing(Run {
        options,
        ip,
        peer,
        ..OVER_TLS
    })
    .await;
}

/// The checks above can fail.
#[tokio::test]
async fn a_wrong_password_gets_nothing_through() {
    let outcome = outcome(&CHANNELS, &format!("-u {USER} -w wrong")).await;
    assert_eq!(outcome.received, 0, "{}", outcome.text);
}
