//! Why a way does not work, and what to fix: sentences for the operator.

use super::{way::Place, wire::Broken};
use rustls::CertificateError;
use std::{io, net::SocketAddr};

/// What was found. It names the server's own addresses only: nobody else is in the call.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error(
        "the name {0} leads to no address from this machine. Correct turn.host, or the record of \
         that name in the DNS"
    )]
    UnknownName(String),
    #[error(
        "nothing listens at {0}. Correct the port in the configuration, or let a proxy that stands \
         before the server pass that port on to it"
    )]
    NobodyListens(Place),
    #[error(
        "no answer from {0}. Open that port in the firewalls before the server, and see that \
         turn.host names this server"
    )]
    Silent(Place),
    #[error("{0} cannot be reached: {1}. See that turn.host names this server")]
    Unreachable(Place, io::ErrorKind),
    #[error(
        "{0} speaks no TLS. If a proxy stands there, let it pass connections on as they are, or \
         speak TLS itself"
    )]
    NoTls(Place),
    #[error("browsers will not trust the certificate at {0}: {1}")]
    Certificate(Place, Mistrust),
    #[error("no TLS with {0}: {1}")]
    Tls(Place, rustls::Error),
    #[error(
        "{0} can be reached, but no TURN server speaks there. A proxy that stands before the server \
         has to pass connections on byte for byte, not as HTTP"
    )]
    NotTurn(Place),
    #[error(
        "the TURN server at {0} does not take the password that this server issued: another \
         server answers there. See that turn.host and the ports lead to this one"
    )]
    Password(Place),
    #[error(
        "the TURN server is full: {0}. Raise turn.max_allocations, or find out who uses it \
         (quietroom_turn_allocations in the metrics)"
    )]
    Full(Place),
    #[error("the TURN server at {0} refuses to relay (error {1})")]
    Refused(Place, u16),
    #[error(
        "the relay has no IPv4 address, which is what TURN is asked for unless a client says \
         otherwise. Let it listen on one as well: see relay.listen and relay.advertise"
    )]
    NoIpv4,
    #[error(
        "no connection to {}. Open these UDP ports in the firewalls before the server; if browsers \
         reach it by other addresses, name them in relay.advertise", listed(.0)
    )]
    NoPath(Vec<SocketAddr>),
    #[error("the relay offers no address: set relay.listen or relay.advertise")]
    NoAddress,
    #[error(
        "the TURN server at {0} answers, but nothing comes through it from the relay. See the \
         server's log; this is a fault of the server rather than of your network"
    )]
    NoPathThroughTurn(Place),
    #[error("the connection stands, but not one of {0} packets came back. See the server's log")]
    NoPackets(usize),
    #[error("the relay is not running at the moment: see the server's log")]
    NoRelay,
    #[error("the relay refused the test call: {0}")]
    Description(String),
    #[error("the server broke the test off: {0}. See its log")]
    Server(#[from] Broken),
    #[error("the server did not answer. See its log")]
    ServerSilent,
    #[error("another doctor is at work on this server: wait until it is done")]
    Busy,
    #[error("this machine cannot make the test call: {0}")]
    OwnNetwork(#[from] io::Error),
    #[error("this machine cannot make the test call: {0}")]
    OwnCall(String),
}

impl Fault {
    /// The server cannot be asked any more.
    pub(super) const fn ends_test(&self) -> bool {
        matches!(self, Self::Server(_) | Self::ServerSilent | Self::Busy)
    }
}

/// What is wrong with a certificate.
#[derive(Debug, thiserror::Error)]
pub(super) enum Mistrust {
    #[error(
        "it is not made out for {0}. Get one that names it, or set turn.host to a name that it has"
    )]
    OtherName(String),
    #[error("it has expired. Renew it, then restart the server")]
    Expired,
    #[error("it is not valid yet. See that the clock of this machine is right")]
    NotYet,
    #[error(
        "no authority that this machine knows has signed it. Put the whole chain into \
         tls.certificate_file; if it is the clinic's own authority, name it with --ca"
    )]
    UnknownAuthority,
    #[error("{0:?}")]
    Other(CertificateError),
}

impl Mistrust {
    pub(super) fn of(error: CertificateError, host: &str) -> Self {
        match error {
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Self::OtherName(host.to_owned())
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                Self::NotYet
            }
            CertificateError::UnknownIssuer => Self::UnknownAuthority,
            other => Self::Other(other),
        }
    }
}

fn listed(addresses: &[SocketAddr]) -> String {
    let texts: Vec<String> = addresses.iter().map(SocketAddr::to_string).collect();
    texts.join(" or ")
}
