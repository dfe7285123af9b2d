//! A browser without a browser: peer connections that negotiate, gather and connect, and two devices that open.
//!
//! It is strict where browsers are: a command that makes no sense in the state a connection is in fails, is counted, and
//! no story may cause one.

use std::collections::BTreeMap;
use std::time::Duration;

use call::quality::{Inbound, Line, Stats, Video};
use call::{
    ConnectionState, DescriptionKind, Device, MediaEvent, MediaProblem, Microphone, PeerCommand, PeerEvent, PeerKey,
    Time, WantedMedia,
};
use protocol::{Candidate, IceServer, Opaque};

/// How a device answers to being opened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Permission {
    /// It was granted earlier.
    Granted,
    /// The person is asked and says yes.
    Asked,
    /// The person is asked and says no.
    Denied,
    /// There is no such device.
    Missing,
}

/// What became of the last wish for a device. One that failed is not tried again while it is still wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opened {
    No,
    Yes,
    Failed,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Signalling {
    Stable,
    HaveLocalOffer,
}

/// An `RTCPeerConnection`.
#[derive(Debug)]
pub(crate) struct Connection {
    /// Its `o=` session, which no other has.
    session: String,
    /// Whose descriptions were applied.
    far_session: Option<String>,
    signalling: Signalling,
    /// Which of its descriptions is the next.
    version: u32,
    /// The offer that waits for an answer, and the generation it proposes.
    offered: Option<(String, String)>,
    pub(crate) local_ufrag: Option<String>,
    pub(crate) remote_ufrag: Option<String>,
    /// Candidates of the far side's present generation.
    pub(crate) remote_candidates: usize,
    pub(crate) state: ConnectionState,
    /// When what it was told to do is done.
    busy_until: Time,
    counters: Counters,
    pub(crate) line: Line,
    servers: Vec<IceServer>,
    /// It sends and plays nothing.
    pub(crate) holds: bool,
    /// What the other side sends arrives.
    pub(crate) flows: bool,
    /// Since when it does not.
    pub(crate) stopped: Time,
    /// Something of the far side's picture was lost: no more comes of it before a key frame.
    pub(crate) stands: bool,
}

/// What `getStats` counts.
#[derive(Debug, Default)]
struct Counters {
    packets: f64,
    lost: f64,
    frames: f64,
}

impl Counters {
    /// Fifty packets more, of which some were lost, or none at all.
    /// `quiet` is how long ago the last of them was, if they stopped.
    fn read(&mut self, quiet: Option<Duration>, loss: f64, stands: bool) -> Stats {
        let sent = if quiet.is_none() { 50.0 } else { 0.0 };
        self.packets += sent * (1.0 - loss);
        self.lost += sent * loss;
        self.frames += if stands { 0.0 } else { sent / 2.0 };
        let audio = Inbound {
            packets_received: Some(self.packets),
            packets_lost: Some(self.lost),
            jitter: Some(0.004),
            last_packet_ms_ago: Some(quiet.map_or(10.0, |quiet| quiet.as_secs_f64() * 1_000.0)),
            ..Inbound::default()
        };
        let video = Inbound { packets_received: Some(self.packets), ..Inbound::default() };
        let picture = Video { frames_decoded: Some(self.frames), ..Video::default() };
        Stats { audio, video, picture, round_trip_time: Some(0.05), ..Stats::default() }
    }
}

/// What is to happen in a browser, later.
#[derive(Debug)]
pub(crate) enum Later {
    Do(PeerKey, PeerCommand),
    Say(PeerKey, PeerEvent),
    Media(MediaEvent),
    /// A key frame comes.
    Picture(PeerKey),
}

/// One page's browser.
pub(crate) struct Browser {
    name: String,
    pub(crate) connections: BTreeMap<PeerKey, Connection>,
    made: u32,
    pub(crate) media: WantedMedia,
    pub(crate) microphone: Permission,
    pub(crate) camera: Permission,
    microphone_is: Opened,
    camera_is: Opened,
    /// How long `createOffer` and the like take.
    pub(crate) negotiation_takes: Duration,
    /// The share of sound that is lost on its way here.
    pub(crate) loss: f64,
    /// How many milliseconds `getStats` takes.
    pub(crate) stats_take: u64,
    /// When it looked for candidates, and until when the credentials were good that it did so with.
    pub(crate) gathered: Vec<(Time, Option<Time>)>,
    /// Commands that a real browser would have refused.
    pub(crate) refusals: Vec<String>,
}

impl Browser {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            connections: BTreeMap::new(),
            made: 0,
            media: WantedMedia::default(),
            microphone: Permission::Granted,
            camera: Permission::Granted,
            microphone_is: Opened::No,
            camera_is: Opened::No,
            negotiation_takes: Duration::from_millis(8),
            loss: 0.0,
            stats_take: 5,
            gathered: Vec::new(),
            refusals: Vec::new(),
        }
    }

    /// Takes a command; what follows happens later, in order.
    pub(crate) fn command(&mut self, now: Time, key: PeerKey, command: PeerCommand) -> Option<(Time, Later)> {
        match command {
            PeerCommand::Create { ice_servers, .. } => {
                self.made += 1;
                let session = format!("- {}{}", self.name, self.made);
                let made = Connection { servers: ice_servers, ..Connection::new(session, now) };
                self.gathered.push((now, made.good_until()));
                let before = self.connections.insert(key, made);
                assert!(before.is_none(), "{key:?} is used twice");
                None
            }
            PeerCommand::UseServers(servers) => {
                let connection = self.connections.get_mut(&key).expect("a command for a peer that is not there");
                connection.servers = servers;
                None
            }
            PeerCommand::Close => {
                assert!(self.connections.remove(&key).is_some(), "{key:?} is closed, but not open");
                None
            }
            PeerCommand::Hold(on) => {
                let connection = self.connections.get_mut(&key).expect("a command for a peer that is not there");
                assert_ne!(connection.holds, on, "{key:?} is told what it does already");
                connection.holds = on;
                None
            }
            command => {
                let takes = match command {
                    PeerCommand::AddCandidates(_) | PeerCommand::SendFullPicture | PeerCommand::ReadStats { .. } => {
                        Duration::ZERO
                    }
                    _ => self.negotiation_takes,
                };
                let connection = self.connections.get_mut(&key).expect("a command for a peer that is not there");
                connection.busy_until = connection.busy_until.max(now) + takes;
                Some((connection.busy_until, Later::Do(key, command)))
            }
        }
    }

    /// Carries a command out. Gives what the page is told, and when.
    pub(crate) fn carry_out(&mut self, now: Time, key: PeerKey, command: PeerCommand) -> Vec<(Time, Later)> {
        let Some(connection) = self.connections.get_mut(&key) else { return Vec::new() };
        let words = format!("{command:?} in {connection:?}");
        let done = match command {
            PeerCommand::MakeOffer { ice_restart } => {
                if ice_restart {
                    self.gathered.push((now, connection.good_until()));
                }
                Some(connection.make_offer(ice_restart))
            }
            PeerCommand::ApplyOffer { sdp } => connection.apply_offer(&sdp),
            PeerCommand::ApplyAnswer { sdp } => {
                connection.apply_answer(&sdp).then_some((PeerEvent::AnswerApplied, false))
            }
            PeerCommand::AddCandidates(candidates) => {
                let unfit = candidates.iter().filter(|candidate| !connection.add_candidate(candidate)).count();
                if unfit > 0 {
                    self.refusals.push(words);
                }
                return Vec::new();
            }
            PeerCommand::ReadStats { expected } => {
                let after = Duration::from_millis(self.stats_take);
                let quiet = (!connection.flows).then(|| now.since(connection.stopped));
                let stats = connection.counters.read(quiet, self.loss, connection.stands);
                let reading = connection.line.take(now, stats, expected);
                return vec![(now + after, Later::Say(key, PeerEvent::Quality(Some(reading))))];
            }
            PeerCommand::SendFullPicture
            | PeerCommand::UseServers(_)
            | PeerCommand::Hold(_)
            | PeerCommand::Create { .. }
            | PeerCommand::SayBye
            | PeerCommand::AskForKeyFrame
            | PeerCommand::SendKeyFrame
            | PeerCommand::Close => {
                return Vec::new();
            }
        };
        let Some((event, gathers)) = done else {
            self.refusals.push(words.clone());
            return vec![(now, Later::Say(key, PeerEvent::DescriptionFailed(words)))];
        };
        let ufrag = match (&event, &connection.offered) {
            (PeerEvent::Description { kind: DescriptionKind::Offer, .. }, Some((_, ufrag))) => Some(ufrag.clone()),
            _ => connection.local_ufrag.clone(),
        };
        let mut later = vec![(now, Later::Say(key, event))];
        for after in [1, 3, 4, 25].iter().filter(|_| gathers) {
            let candidate = candidate(&format!("candidate:{after}"), ufrag.as_deref());
            later.push((now + Duration::from_millis(*after), Later::Say(key, PeerEvent::Candidate(candidate))));
        }
        later
    }

    /// Has the devices as they are wanted.
    pub(crate) fn want(&mut self, now: Time, wanted: WantedMedia) -> Vec<(Time, Later)> {
        self.media = wanted;
        let microphone = wanted.microphone != Microphone::Closed;
        let mut later = Vec::new();
        let devices = [
            (Device::Microphone, microphone, self.microphone, &mut self.microphone_is),
            (Device::Camera, wanted.camera, self.camera, &mut self.camera_is),
        ];
        for (device, wants, permission, is) in devices {
            if wants == (*is != Opened::No) {
                continue;
            }
            let (after, event) = match permission {
                _ if !wants => (0, MediaEvent::Closed(device)),
                Permission::Granted => (15, MediaEvent::Opened(device)),
                _ if !wanted.may_ask => continue,
                Permission::Asked => (800, MediaEvent::Opened(device)),
                Permission::Denied => (600, MediaEvent::Problem(device, MediaProblem::Denied)),
                Permission::Missing => (5, MediaEvent::Problem(device, MediaProblem::Missing)),
            };
            *is = match event {
                MediaEvent::Opened(_) => Opened::Yes,
                MediaEvent::Closed(_) => Opened::No,
                MediaEvent::Problem(..) => Opened::Failed,
            };
            later.push((now + Duration::from_millis(after), Later::Media(event)));
        }
        later
    }

    /// Nothing is recorded.
    /// The microphone and camera as they should be.
    pub(crate) fn wanted(&self) -> WantedMedia {
        self.media
    }

    pub(crate) fn devices_closed(&self) -> bool {
        self.microphone_is == Opened::No && self.camera_is == Opened::No && self.media == WantedMedia::default()
    }
}

impl Connection {
    fn new(session: String, now: Time) -> Self {
        Self {
            session,
            far_session: None,
            signalling: Signalling::Stable,
            version: 0,
            offered: None,
            local_ufrag: None,
            remote_ufrag: None,
            remote_candidates: 0,
            state: ConnectionState::New,
            busy_until: now,
            counters: Counters::default(),
            line: Line::default(),
            servers: Vec::new(),
            holds: false,
            flows: false,
            stopped: now,
            stands: false,
        }
    }

    /// Until when its credentials are good, as the relay of this world writes it into them.
    fn good_until(&self) -> Option<Time> {
        let until = self.servers.iter().find_map(|server| server.username.as_ref())?;
        Some(Time::from_millis(until.parse().expect("a time")))
    }

    /// A description with what the other browser looks at: whose it is, of which generation, and what it answers.
    fn describe(&mut self, ufrag: &str, answers: &str) -> String {
        self.version += 1;
        let origin = format!("{} {}", self.session, self.version);
        format!(
            "v=0\r\no={origin} IN IP4 0.0.0.0\r\ns=-\r\nm=audio 9 X 1\r\na=mid:0\r\na=ice-ufrag:{ufrag}\r\na=x-answers:{answers}\r\n"
        )
    }

    fn make_offer(&mut self, ice_restart: bool) -> (PeerEvent, bool) {
        let fresh = ice_restart || self.local_ufrag.is_none();
        let ufrag = match (&self.local_ufrag, fresh) {
            (Some(known), false) => known.clone(),
            _ => format!("{}v{}", self.session.replace("- ", ""), self.version),
        };
        let sdp = self.describe(&ufrag, "nothing");
        self.signalling = Signalling::HaveLocalOffer;
        self.offered = Some((line(&sdp, "o=").to_owned(), ufrag));
        (PeerEvent::Description { kind: DescriptionKind::Offer, sdp }, fresh)
    }

    /// `None` for an offer of another page: its fingerprint and streams are not those this connection was made with.
    fn apply_offer(&mut self, offer: &str) -> Option<(PeerEvent, bool)> {
        let far = super::consent::session(offer);
        if *self.far_session.get_or_insert(far.clone()) != far {
            return None;
        }
        // The sections of a first offer stay when it is taken back, and the browser asks for them for ever.
        if self.signalling == Signalling::HaveLocalOffer && self.remote_ufrag.is_none() {
            return None;
        }
        self.offered = None;
        self.signalling = Signalling::Stable;
        let fresh = self.local_ufrag.is_none() || self.remote_ufrag.as_deref() != Some(line(offer, "a=ice-ufrag:"));
        self.set_remote(offer);
        let ufrag = match (&self.local_ufrag, fresh) {
            (Some(known), false) => known.clone(),
            _ => format!("{}v{}", self.session.replace("- ", ""), self.version),
        };
        self.local_ufrag = Some(ufrag.clone());
        let sdp = self.describe(&ufrag, line(offer, "o="));
        Some((PeerEvent::Description { kind: DescriptionKind::Answer, sdp }, fresh))
    }

    pub(crate) fn has_answered(&self) -> bool {
        self.signalling == Signalling::Stable && self.local_ufrag.is_some() && self.remote_ufrag.is_some()
    }

    /// False if it does not answer the offer that waits.
    fn apply_answer(&mut self, answer: &str) -> bool {
        let Some((offer, ufrag)) = self.offered.take() else { return false };
        if line(answer, "a=x-answers:") != offer {
            self.offered = Some((offer, ufrag));
            return false;
        }
        self.signalling = Signalling::Stable;
        self.local_ufrag = Some(ufrag);
        self.far_session = Some(super::consent::session(answer));
        self.set_remote(answer);
        true
    }

    fn set_remote(&mut self, sdp: &str) {
        let ufrag = Some(line(sdp, "a=ice-ufrag:").to_owned());
        if self.remote_ufrag != ufrag {
            self.remote_ufrag = ufrag;
            self.remote_candidates = 0;
        }
    }

    fn add_candidate(&mut self, candidate: &Candidate) -> bool {
        let generation = candidate.username_fragment.as_ref().map(Opaque::text);
        let fits = self.remote_ufrag.is_some() && generation == self.remote_ufrag;
        self.remote_candidates += usize::from(fits);
        fits
    }

    /// The two generations it works with, if it is between negotiations.
    pub(crate) fn pair(&self) -> Option<(&str, &str)> {
        Some((self.local_ufrag.as_deref()?, self.remote_ufrag.as_deref()?))
    }
}

pub(crate) fn candidate(text: &str, ufrag: Option<&str>) -> Candidate {
    Candidate {
        candidate: Opaque::new(text),
        sdp_mid: Some(Opaque::new("0")),
        sdp_m_line_index: Some(0),
        username_fragment: ufrag.map(Opaque::new),
    }
}

fn line<'a>(sdp: &'a str, prefix: &str) -> &'a str {
    sdp.lines().find_map(|line| line.strip_prefix(prefix)).unwrap_or_default()
}
