//! The other end of the control stream, for tests: each life of the relay is played by the test.

use super::{Start, Started};
use media_relay::front::{self, Hander};
use media_relay_control::{
    Command, Event, Settings, VERSION, WorkerPorts,
    frame::{self, Decoder},
};
use std::{io, net::Ipv4Addr};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    sync::mpsc,
};

/// Gives the relay's end of every life to the test.
pub(crate) struct Script(mpsc::Sender<UnixStream>);

/// The relay's end of one life.
pub(crate) struct Life {
    stream: UnixStream,
    decoder: Decoder,
}

pub(crate) fn script() -> (Script, mpsc::Receiver<UnixStream>) {
    let (sender, receiver) = mpsc::channel(8);
    (Script(sender), receiver)
}

pub(crate) fn settings() -> Settings {
    Settings {
        listen: vec![Ipv4Addr::LOCALHOST.into()],
        port_base: 0,
        workers: 2,
        advertise: Vec::new(),
        turn: None,
    }
}

impl Start for Script {
    fn start(&mut self) -> io::Result<Started> {
        let (ours, theirs) = UnixStream::pair()?;
        self.0.try_send(theirs).map_err(io::Error::other)?;
        Ok(Started {
            stream: ours,
            // Nobody has the other end.
            hander: Some(Hander::new(front::pair()?.0)?),
            child: None,
        })
    }
}

impl Life {
    pub(crate) async fn next(lives: &mut mpsc::Receiver<UnixStream>) -> Self {
        Self {
            stream: lives.recv().await.unwrap(),
            decoder: Decoder::default(),
        }
    }

    /// A life that is configured and ready.
    pub(crate) async fn ready(lives: &mut mpsc::Receiver<UnixStream>) -> Self {
        let mut life = Self::next(lives).await;
        assert!(matches!(life.command().await, Command::Configure(_)));
        life.tell(Event::Ready {
            version: VERSION,
            workers: [(0, 5000), (1, 5001)]
                .map(|(worker, udp)| WorkerPorts { worker, udp })
                .to_vec(),
        })
        .await;
        life
    }

    /// The next command; pings are answered on the way.
    pub(crate) async fn command(&mut self) -> Command {
        loop {
            match self.decoder.next::<Command>().unwrap() {
                Some(Command::Ping { request }) => self.tell(Event::Pong { request }).await,
                Some(command) => return command,
                None => self.read().await,
            }
        }
    }

    pub(crate) async fn tell(&mut self, event: Event) {
        let mut bytes = Vec::new();
        frame::encode(&event, &mut bytes).unwrap();
        self.stream.write_all(&bytes).await.unwrap();
    }

    async fn read(&mut self) {
        let mut buffer = [0; 4096];
        let read = self.stream.read(&mut buffer).await.unwrap();
        assert_ne!(read, 0, "signalling closed the control stream");
        self.decoder.push(&buffer[..read]);
    }
}
