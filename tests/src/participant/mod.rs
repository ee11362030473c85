//! A stand-in browser: a `webrtc` participant that publishes and receives as the web client does.
//!
//! It makes two peer connections, one to publish (it offers) and one to receive (it answers), and
//! gets both descriptions to the relay through a [`Signaling`] of the test's choice: the relay's
//! control protocol alone, or the whole server. Nothing is encoded or decoded. Each packet
//! carries its publisher's number and its index, so what arrives is counted exactly, however the
//! relay renumbers it.

mod connection;
mod label;
mod meter;
mod runtime;
mod send;
mod tally;

use connection::Connection;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tally::Tally;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;

pub use label::Source;
pub use send::{AUDIO_PER_SECOND, VIDEO_PER_SECOND};

/// How long a connection may take; the `webrtc` crate alone takes 400 ms.
const CONNECT: Duration = Duration::from_secs(20);

/// How a participant's descriptions get to the relay and back.
pub trait Signaling: Send + Sync + 'static {
    /// Gives the relay an offer to publish and returns its answer.
    fn publish(&self, offer: String) -> impl Future<Output = Result<String, String>> + Send;
    /// The relay's next offer of what is to be received, with its generation; `None` when there
    /// will be no more.
    fn next_offer(&self) -> impl Future<Output = Option<(u32, String)>> + Send;
    /// Answers the offer of that generation.
    fn answer(&self, generation: u32, answer: String) -> impl Future<Output = ()> + Send;
}

/// What a participant publishes.
#[derive(Clone, Copy, Debug)]
pub struct Sends {
    pub microphone: bool,
    pub camera: bool,
}

impl Sends {
    pub const SOUND: Self = Self {
        microphone: true,
        camera: false,
    };
    pub const BOTH: Self = Self {
        microphone: true,
        camera: true,
    };
}

/// One person in a call.
#[derive(Debug)]
pub struct Participant<S> {
    number: u32,
    signaling: Arc<S>,
    publishing: Connection,
    receiving: Arc<Mutex<Option<Connection>>>,
    microphone: Option<Arc<send::Track>>,
    camera: Option<Arc<send::Track>>,
    tally: Arc<Tally>,
    tasks: Vec<JoinHandle<()>>,
}

impl<S: Signaling> Participant<S> {
    /// Publishes what `sends` says and receives what is offered, from `address`.
    ///
    /// # Errors
    /// What refused the offer to publish.
    ///
    /// # Panics
    /// When the `webrtc` crate does.
    pub async fn join(
        number: u32,
        signaling: S,
        sends: Sends,
        address: IpAddr,
    ) -> Result<Self, String> {
        Self::join_as(number, signaling, sends, address, |offer| offer).await
    }

    /// As [`Participant::join`], with an offer that `change` has had its way with.
    ///
    /// # Errors
    /// As [`Participant::join`].
    ///
    /// # Panics
    /// As [`Participant::join`].
    pub async fn join_as(
        number: u32,
        signaling: S,
        sends: Sends,
        address: IpAddr,
        change: impl FnOnce(String) -> String + Send,
    ) -> Result<Self, String> {
        let signaling = Arc::new(signaling);
        let tally = Arc::new(Tally::default());
        let publishing = Connection::new(address, Arc::clone(&tally)).await;
        let track =
            |wanted: bool, source| wanted.then(|| Arc::new(send::Track::new(number, source)));
        let microphone = track(sends.microphone, Source::Microphone);
        let camera = track(sends.camera, Source::Camera);
        for track in [&microphone, &camera].into_iter().flatten() {
            let rtp: Arc<TrackLocalStaticRTP> = track.rtp();
            publishing.add_track(rtp).await;
        }
        let offer = change(publishing.offer().await);
        publishing.accept(signaling.publish(offer).await?).await;
        let receiving = Arc::new(Mutex::new(None));
        let answering = answer_offers(
            Arc::clone(&signaling),
            Arc::clone(&receiving),
            address,
            Arc::clone(&tally),
        );
        let mut tasks = vec![tokio::spawn(answering)];
        if let Some(microphone) = &microphone {
            tasks.push(tokio::spawn(Arc::clone(microphone).speak()));
        }
        if let Some(camera) = &camera {
            let asked = publishing.key_frame_asked();
            tasks.push(tokio::spawn(Arc::clone(camera).film(asked)));
        }
        Ok(Self {
            number,
            signaling,
            publishing,
            receiving,
            microphone,
            camera,
            tally,
            tasks,
        })
    }

    /// The number that its packets carry.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Waits until the publishing connection is up.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn published(&self) {
        self.publishing.connected(CONNECT).await;
    }

    /// Packets of one source sent so far; the next one has this index.
    #[must_use]
    pub fn sent(&self, source: Source) -> u64 {
        let track = match source {
            Source::Microphone => &self.microphone,
            Source::Camera => &self.camera,
        };
        track.as_ref().map_or(0, |track| track.sent())
    }

    /// Different packets received from `publisher`.
    #[must_use]
    pub fn received(&self, publisher: u32, source: Source) -> u64 {
        self.tally.received(publisher, source, 0..u64::MAX)
    }

    /// Different packets received whose index is in `window`.
    #[must_use]
    pub fn received_in(&self, publisher: u32, source: Source, window: std::ops::Range<u64>) -> u64 {
        self.tally.received(publisher, source, window)
    }

    /// Packets received from anyone, without a label too.
    #[must_use]
    pub fn received_in_all(&self) -> u64 {
        self.tally.all()
    }

    /// Restarts ICE of the publishing connection.
    ///
    /// # Errors
    /// What refused the new offer.
    ///
    /// # Panics
    /// When the `webrtc` crate does.
    pub async fn restart_ice(&self) -> Result<(), String> {
        self.publishing.restart_ice().await;
        let answer = self
            .signaling
            .publish(self.publishing.offer().await)
            .await?;
        self.publishing.accept(answer).await;
        Ok(())
    }

    /// Stops sending and receiving without a word, as a machine that lost its power.
    pub async fn vanish(self) {
        for task in &self.tasks {
            task.abort();
        }
        self.publishing.close().await;
        if let Some(receiving) = self.receiving.lock().await.take() {
            receiving.close().await;
        }
    }
}

/// Answers the relay's offers one after the other.
async fn answer_offers<S: Signaling>(
    signaling: Arc<S>,
    receiving: Arc<Mutex<Option<Connection>>>,
    address: IpAddr,
    tally: Arc<Tally>,
) {
    while let Some((generation, offer)) = signaling.next_offer().await {
        let mut connection = receiving.lock().await;
        if connection.is_none() {
            *connection = Some(Connection::new(address, Arc::clone(&tally)).await);
        }
        let Some(connection) = connection.as_ref() else {
            return;
        };
        let answer = connection.answer(offer).await;
        signaling.answer(generation, answer).await;
    }
}
