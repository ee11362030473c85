//! A class of thirty in which everyone draws at once: no entry is lost, and it says what that costs.

use quietroom_protocol::{ClientMessage, DeviceId, Drawers, Opaque, ServerMessage};
use quietroom_tests::clinic::board::{entry, stroke};
use quietroom_tests::clinic::{Demo, Socket, class_of};
use quietroom_tests::cpu;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::{MissedTickBehavior, interval, sleep};

const PEOPLE: u32 = 30;
/// Twenty strokes a second, and with every tenth a finished element.
const TICK: Duration = Duration::from_millis(50);
const TICKS_PER_ENTRY: u32 = 10;
/// A line of fifty points and a finished element, sealed.
const STROKE: usize = 250;
const ENTRY: usize = 1_200;
/// How long the last entries may be under way.
const PATIENCE: Duration = Duration::from_secs(30);
const MIB: u64 = 1024 * 1024;

/// One of the class, and what came to them.
struct Drawing {
    socket: Socket,
    number: u32,
    /// Entries that were sent and answered.
    asked: u32,
    answered: u32,
    /// By number: who drew it, and what.
    seen: Vec<(u64, DeviceId, Opaque)>,
}

impl Drawing {
    /// Draws for so long, and then until each entry is answered.
    async fn draw(mut self, time: Duration) -> Self {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let end = sleep(time);
        tokio::pin!(end);
        let mut tick: u32 = 0;
        loop {
            tokio::select! {
                message = self.socket.next() => self.take(&message),
                _ = ticks.tick() => {
                    tick += 1;
                    self.socket.say(stroke(1, vec![1; STROKE])).await;
                    if tick.is_multiple_of(TICKS_PER_ENTRY) {
                        self.asked += 1;
                        self.socket.say(entry(1, self.element())).await;
                    }
                }
                () = &mut end => break,
            }
        }
        while self.answered < self.asked {
            let message = self.socket.next().await;
            self.take(&message);
        }
        self
    }

    /// No two are the same.
    fn element(&self) -> Vec<u8> {
        let mut element = vec![0; ENTRY];
        element[..4].copy_from_slice(&self.number.to_be_bytes());
        element[4..8].copy_from_slice(&self.asked.to_be_bytes());
        element
    }

    fn take(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Appended { .. } => self.answered += 1,
            ServerMessage::Refused { refused, .. } => panic!("refused: {refused:?}"),
            _ => {}
        }
        for message in self.socket.take_drawn() {
            if let ServerMessage::BoardEntry { entry } = message {
                self.seen.push((entry.seq, entry.from, entry.entry));
            }
        }
    }

    /// Reads on until the entry with this number has come.
    async fn until(mut self, last: u64) -> Self {
        while self.seen.last().is_none_or(|(seq, ..)| *seq < last) {
            let message = self.socket.next().await;
            self.take(&message);
        }
        self
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_people_draw_at_once_and_no_entry_is_lost() {
    let full = std::env::var_os("QUIETROOM_FULL").is_some();
    let time = Duration::from_secs(if full { 60 } else { 5 });
    let folder = TempDir::new().unwrap();
    let demo = Demo::start(&folder.path().join("demo")).await;
    let mut sockets = class_of(&demo, PEOPLE).await;
    let who = Drawers::Everyone;
    sockets[0].done(ClientMessage::OpenBoard { board: 1 }).await;
    sockets[0].done(ClientMessage::AllowDrawing { who }).await;
    for socket in &mut sockets {
        socket.follow(1, 0).await;
    }
    let (before, _) = cpu::memory_of(demo.pid());
    let used = cpu::used_by(demo.pid());
    let drawing = sockets.into_iter().zip(0..).map(|(socket, number)| {
        let drawing = Drawing {
            socket,
            number,
            asked: 0,
            answered: 0,
            seen: Vec::new(),
        };
        tokio::spawn(drawing.draw(time))
    });
    let drawing: Vec<_> = drawing.collect();
    let mut class = Vec::new();
    for drawing in drawing {
        class.push(drawing.await.unwrap());
    }
    let used = cpu::used_by(demo.pid()).saturating_sub(used);
    let (now, most) = cpu::memory_of(demo.pid());

    let drawn: u32 = class.iter().map(|one| one.answered).sum();
    assert!(drawn >= PEOPLE, "everyone drew");
    let mut all = Vec::new();
    for one in class {
        let reading = tokio::time::timeout(PATIENCE, one.until(u64::from(drawn)));
        all.push(reading.await.unwrap());
    }
    let numbers: Vec<u64> = all[0].seen.iter().map(|(seq, ..)| *seq).collect();
    let expected: Vec<u64> = (1..=u64::from(drawn)).collect();
    assert_eq!(numbers, expected, "no gap, nothing twice");
    let strokes: u64 = all.iter().map(|one| one.socket.strokes()).sum();
    for one in &all {
        assert!(one.seen == all[0].seen, "the same for all");
    }
    let [host, ..] = all.as_mut_slice() else {
        panic!("a class")
    };
    host.socket.say(ClientMessage::End).await;
    while host.socket.next_or_closed().await.is_some() {}
    let (after, _) = cpu::memory_of(demo.pid());
    println!(
        "{PEOPLE} people drew for {time:?}: {drawn} entries, each given to all, {strokes} strokes \
         delivered; server: processor {used:?}, memory {} MiB before, {} MiB drawing, {} MiB at most, \
         {} MiB after the end",
        before / MIB,
        now / MIB,
        most / MIB,
        after / MIB
    );
    assert!(most < before + 256 * MIB, "memory stays within bounds");
}
