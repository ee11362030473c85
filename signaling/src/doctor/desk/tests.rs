use super::*;
use crate::relay::{
    scripted::{Life, script, settings},
    supervise,
};
use media_relay_control::{
    Command, Event, Failure, Generation, Listener, PeerId, Quality, RoomId, Wanted,
};
use quietroom_config::Config;
use tempfile::TempDir;
use tokio::{sync::mpsc, task::JoinHandle};

/// A server's desk, with the relay played by the test.
struct Clinic {
    folder: TempDir,
    relay: Life,
    /// Kept, so that a life can begin.
    _lives: mpsc::Receiver<UnixStream>,
    stop: watch::Sender<bool>,
    keeping: JoinHandle<()>,
}

impl Clinic {
    async fn open() -> Self {
        let (start, mut lives) = script();
        let supervised = tokio::spawn(supervise(start, settings()));
        let life = Life::ready(&mut lives).await;
        let folder = TempDir::new().unwrap();
        let config = Config::demo(folder.path().to_owned(), 8080, "UTC".to_owned());
        let random = Random::system();
        let desk = Desk {
            relay: supervised.await.unwrap().unwrap(),
            turn: Turn::new(&config, &random).unwrap(),
            clock: Clock::system(),
            random,
        };
        let (stop, stopped) = watch::channel(false);
        let door = Door::open(folder.path()).unwrap();
        Self {
            folder,
            relay: life,
            _lives: lives,
            stop,
            keeping: tokio::spawn(door.keep(desk, stopped)),
        }
    }

    async fn doctor(&self) -> Wire {
        let socket = socket_in(self.folder.path());
        Wire::over(UnixStream::connect(socket).await.unwrap())
    }

    /// A doctor in a test room, which lives on the relay's second worker.
    async fn doctor_in_room(&mut self) -> (Wire, RoomId) {
        let mut doctor = self.doctor().await;
        doctor.say(&Ask::Open).await.unwrap();
        let Command::OpenRoom { room } = self.relay.command().await else {
            panic!("a room is opened");
        };
        self.relay.tell(Event::RoomOpened { room, worker: 1 }).await;
        let Told::Open { ice_servers } = doctor.hear().await.unwrap() else {
            panic!("the doctor is let in");
        };
        let url = "turn:localhost:5001?transport=udp".to_owned();
        assert_eq!(ice_servers[0].urls.first(), Some(&url));
        (doctor, room)
    }

    /// Sends the doctor's offer to the relay.
    async fn offer(&mut self, doctor: &mut Wire) -> (media_relay_control::RequestId, PeerId) {
        let (offer, mid) = ("offer".to_owned(), "7".to_owned());
        doctor.say(&Ask::Publish { offer, mid }).await.unwrap();
        let Command::Publish { request, peer, .. } = self.relay.command().await else {
            panic!("the offer is passed on");
        };
        (request, peer)
    }
}

#[tokio::test]
async fn a_doctor_publishes_to_itself_in_a_room_that_closes_behind_it() {
    let mut clinic = Clinic::open().await;
    let (mut doctor, room) = clinic.doctor_in_room().await;
    let (request, publisher) = clinic.offer(&mut doctor).await;
    let answer = "answer".to_owned();
    let answered = Event::Answered {
        request,
        peer: publisher,
        answer,
    };
    clinic.relay.tell(answered).await;
    let Command::Reconcile { listeners, .. } = clinic.relay.command().await else {
        panic!("the room has an audience");
    };
    let [Listener { peer, streams }] = listeners.as_slice() else {
        panic!("one listens: {listeners:?}");
    };
    let wanted = Wanted {
        publisher,
        mid: "7".to_owned(),
        quality: Quality::High,
    };
    assert_eq!(*streams, [wanted]);
    let told: Told = doctor.hear().await.unwrap();
    assert!(matches!(told, Told::Published { answer } if answer == "answer"));

    let offer = Event::Offer {
        peer: *peer,
        generation: Generation(1),
        offer: "offer back".to_owned(),
        streams: Vec::new(),
    };
    clinic.relay.tell(offer).await;
    let told: Told = doctor.hear().await.unwrap();
    assert!(matches!(told, Told::Offer { generation: 1, offer } if offer == "offer back"));
    let answer = Ask::Answer {
        generation: 1,
        answer: "answer back".to_owned(),
    };
    doctor.say(&answer).await.unwrap();
    let command = clinic.relay.command().await;
    assert!(matches!(command, Command::Answer { peer: listener, .. } if listener == *peer));

    drop(doctor);
    assert_eq!(clinic.relay.command().await, Command::CloseRoom { room });
}

#[tokio::test]
async fn another_room_takes_the_place_of_the_first() {
    let mut clinic = Clinic::open().await;
    let (mut doctor, room) = clinic.doctor_in_room().await;
    doctor.say(&Ask::Open).await.unwrap();
    assert_eq!(clinic.relay.command().await, Command::CloseRoom { room });
    let opened = clinic.relay.command().await;
    assert!(matches!(opened, Command::OpenRoom { room: second } if second != room));
}

#[tokio::test]
async fn a_doctor_hears_what_the_relay_refuses_and_that_it_died() {
    let mut clinic = Clinic::open().await;
    let (mut doctor, _) = clinic.doctor_in_room().await;
    let (request, peer) = clinic.offer(&mut doctor).await;
    let failure = Failure::UnreadableDescription;
    let failed = Event::Failed {
        request,
        peer,
        failure,
    };
    clinic.relay.tell(failed).await;
    let told: Told = doctor.hear().await.unwrap();
    assert!(matches!(told, Told::Refused { reason } if reason == failure.to_string()));

    drop(clinic.relay);
    let told: Told = doctor.hear().await.unwrap();
    assert!(matches!(told, Told::NoRelay));
    // Nor is there one for another room.
    doctor.say(&Ask::Open).await.unwrap();
    let told: Told = doctor.hear().await.unwrap();
    assert!(matches!(told, Told::NoRelay));
}

#[tokio::test]
async fn a_second_doctor_is_turned_away_until_the_first_has_left() {
    let mut clinic = Clinic::open().await;
    let (first, room) = clinic.doctor_in_room().await;
    let told: Told = clinic.doctor().await.hear().await.unwrap();
    assert!(matches!(told, Told::Busy));
    drop(first);
    assert_eq!(clinic.relay.command().await, Command::CloseRoom { room });
}

#[tokio::test]
async fn when_the_server_stops_the_doctor_is_cut_off_and_the_file_is_gone() {
    let mut clinic = Clinic::open().await;
    let (mut doctor, _) = clinic.doctor_in_room().await;
    clinic.stop.send_replace(true);
    clinic.keeping.await.unwrap();
    assert!(!socket_in(clinic.folder.path()).exists());
    let cut_off = doctor.hear::<Told>().await.unwrap_err();
    assert!(matches!(cut_off, Broken::Closed), "{cut_off}");
}

#[tokio::test]
async fn a_stale_socket_is_replaced_and_another_file_is_not() {
    let folder = TempDir::new().unwrap();
    let first = Door::open(folder.path()).unwrap();
    let second = Door::open(folder.path()).unwrap();
    let mode = fs::metadata(&second.path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    drop((first, second));
    fs::write(socket_in(folder.path()), "kept").unwrap();
    assert!(Door::open(folder.path()).is_err());
    assert_eq!(fs::read(socket_in(folder.path())).unwrap(), b"kept");
}
