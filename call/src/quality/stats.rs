//! What a browser says of one peer connection, as plain numbers with the names of the W3C's webrtc-stats.
//!
//! A number that the browser does not give is `None`. The numbers are taken as they come: [`super::Line`] deals with
//! those that make no sense.

/// The figures of one moment. Counters count from the connection's beginning.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stats {
    /// The sound that arrives.
    pub audio: Inbound,
    /// What is played of it.
    pub sound: Sound,
    /// The picture that arrives.
    pub video: Inbound,
    /// What is shown of it.
    pub picture: Video,
    /// What this side sends, and how the other side says that it arrives.
    pub sent: Outbound,
    /// `currentRoundTripTime` of the selected candidate pair (`RTCIceCandidatePairStats`), in seconds.
    pub round_trip_time: Option<f64>,
    /// The way that the selected pair takes.
    pub route: Option<Route>,
}

/// `RTCInboundRtpStreamStats`: a stream that arrives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inbound {
    /// `packetsReceived`.
    pub packets_received: Option<f64>,
    /// `packetsLost`; goes back when a packet comes late after all (RFC 3550 section 6.4.1).
    pub packets_lost: Option<f64>,
    /// `bytesReceived`, payload only.
    pub bytes_received: Option<f64>,
    /// `jitter`, in seconds (RFC 3550 section 6.4.1).
    pub jitter: Option<f64>,
    /// `timestamp` less `lastPacketReceivedTimestamp`, in milliseconds: for so long nothing has come of it.
    pub last_packet_ms_ago: Option<f64>,
    /// `mimeType` of its codec.
    pub codec: Option<String>,
}

/// `RTCInboundRtpStreamStats` of sound, in samples as they are played.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sound {
    /// `totalSamplesReceived`: everything played, concealed or not.
    pub total_samples: Option<f64>,
    /// `concealedSamples`: made up because what should have been there was lost or late.
    pub concealed_samples: Option<f64>,
    /// `silentConcealedSamples`: those of them in which nothing is to be heard.
    pub silent_concealed_samples: Option<f64>,
    /// `concealmentEvents`: how often it began to be made up.
    pub concealment_events: Option<f64>,
}

/// `RTCInboundRtpStreamStats` of pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Video {
    /// `framesDecoded`.
    pub frames_decoded: Option<f64>,
    /// `framesPerSecond`.
    pub frames_per_second: Option<f64>,
    /// `frameWidth`, in pixels.
    pub frame_width: Option<f64>,
    /// `frameHeight`, in pixels.
    pub frame_height: Option<f64>,
    /// `freezeCount`.
    pub freeze_count: Option<f64>,
    /// `totalFreezesDuration`, in seconds.
    pub total_freezes_duration: Option<f64>,
}

/// What is sent: `RTCOutboundRtpStreamStats`, and `RTCRemoteInboundRtpStreamStats` for how it arrives.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outbound {
    /// `bytesSent` of sound and pictures together.
    pub bytes_sent: Option<f64>,
    /// `fractionLost` of the sound, 0 to 1, from the other side's last report (RFC 3550 section 6.4.1).
    pub fraction_lost: Option<f64>,
    /// `qualityLimitationReason` of the picture.
    pub limitation: Limitation,
}

/// Why a picture is sent smaller or less often than it could be (`RTCQualityLimitationReason`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limitation {
    /// It is not.
    #[default]
    None,
    /// This machine is not quick enough.
    Cpu,
    /// The way to the other side takes no more.
    Bandwidth,
    /// Something else.
    Other,
}

/// Where a candidate's address is from (`RTCIceCandidateType`, RFC 8445 section 5.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CandidateType {
    /// An interface of the machine itself.
    Host,
    /// Seen by a STUN server: outside of a NAT.
    ServerReflexive,
    /// Seen by the other side only.
    PeerReflexive,
    /// A TURN server's.
    Relay,
}

/// Which internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AddressFamily {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

/// The way that media takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// This side's end of it.
    pub local: CandidateType,
    /// The other's.
    pub remote: CandidateType,
    /// Over which internet; `None` where the browser keeps addresses to itself.
    pub family: Option<AddressFamily>,
}
