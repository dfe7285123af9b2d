//! In which corner one's own picture rests.

/// A corner of the call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Corner {
    /// Above, at the left.
    TopLeft,
    /// Above, at the right.
    #[default]
    TopRight,
    /// Below, at the right.
    BottomRight,
    /// Below, at the left.
    BottomLeft,
}

/// An arrow key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrow {
    /// `ArrowUp`
    Up,
    /// `ArrowDown`
    Down,
    /// `ArrowLeft`
    Left,
    /// `ArrowRight`
    Right,
}

impl Arrow {
    /// The arrow that `KeyboardEvent.key` names (uievents-key section 3.3).
    pub(crate) fn of(key: &str) -> Option<Self> {
        match key {
            "ArrowUp" => Some(Self::Up),
            "ArrowDown" => Some(Self::Down),
            "ArrowLeft" => Some(Self::Left),
            "ArrowRight" => Some(Self::Right),
            _ => None,
        }
    }
}

impl Corner {
    const fn at(right: bool, bottom: bool) -> Self {
        match (right, bottom) {
            (false, false) => Self::TopLeft,
            (true, false) => Self::TopRight,
            (true, true) => Self::BottomRight,
            (false, true) => Self::BottomLeft,
        }
    }

    const fn is_right(self) -> bool {
        matches!(self, Self::TopRight | Self::BottomRight)
    }

    const fn is_bottom(self) -> bool {
        matches!(self, Self::BottomRight | Self::BottomLeft)
    }

    /// The corner nearest to a point, all in CSS pixels.
    pub(crate) fn nearest((x, y): (f64, f64), (width, height): (f64, f64)) -> Self {
        Self::at(x > width / 2.0, y > height / 2.0)
    }

    /// Where a throw ends: the point is carried on by its speed (pixels a millisecond) for a moment, as a hand expects.
    pub(crate) fn thrown((x, y): (f64, f64), speed: (f64, f64), size: (f64, f64)) -> Self {
        const CARRIES_FOR_MS: f64 = 120.0;
        Self::nearest((x + speed.0 * CARRIES_FOR_MS, y + speed.1 * CARRIES_FOR_MS), size)
    }

    /// One step with an arrow key; stays where there is no further corner.
    pub(crate) const fn moved(self, arrow: Arrow) -> Self {
        match arrow {
            Arrow::Up => Self::at(self.is_right(), false),
            Arrow::Down => Self::at(self.is_right(), true),
            Arrow::Left => Self::at(false, self.is_bottom()),
            Arrow::Right => Self::at(true, self.is_bottom()),
        }
    }

    /// The next one clockwise: for those who only press.
    pub(crate) const fn next(self) -> Self {
        match self {
            Self::TopLeft => Self::TopRight,
            Self::TopRight => Self::BottomRight,
            Self::BottomRight => Self::BottomLeft,
            Self::BottomLeft => Self::TopLeft,
        }
    }

    /// Its class in `style/call.css`.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::TopLeft => "self top left",
            Self::TopRight => "self top right",
            Self::BottomRight => "self bottom right",
            Self::BottomLeft => "self bottom left",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const SIZE: (f64, f64) = (400.0, 800.0);
    const CORNERS: [Corner; 4] = [Corner::TopLeft, Corner::TopRight, Corner::BottomRight, Corner::BottomLeft];

    #[test]
    fn it_snaps_to_the_nearest() {
        assert_eq!(Corner::nearest((10.0, 10.0), SIZE), Corner::TopLeft);
        assert_eq!(Corner::nearest((390.0, 10.0), SIZE), Corner::TopRight);
        assert_eq!(Corner::nearest((201.0, 401.0), SIZE), Corner::BottomRight);
        assert_eq!(Corner::nearest((-50.0, 900.0), SIZE), Corner::BottomLeft);
    }

    #[test]
    fn a_throw_goes_further_than_the_hand() {
        let hand = (150.0, 100.0);
        assert_eq!(Corner::thrown(hand, (0.0, 0.0), SIZE), Corner::TopLeft);
        assert_eq!(Corner::thrown(hand, (1.0, 0.0), SIZE), Corner::TopRight);
        assert_eq!(Corner::thrown(hand, (1.0, 3.0), SIZE), Corner::BottomRight);
    }

    #[test]
    fn arrows_move_one_step_and_stop_at_the_edge() {
        assert_eq!(Corner::TopLeft.moved(Arrow::Right), Corner::TopRight);
        assert_eq!(Corner::TopRight.moved(Arrow::Right), Corner::TopRight);
        assert_eq!(Corner::TopRight.moved(Arrow::Down), Corner::BottomRight);
        assert_eq!(Corner::BottomRight.moved(Arrow::Left), Corner::BottomLeft);
        assert_eq!(Corner::BottomLeft.moved(Arrow::Up), Corner::TopLeft);
        assert_eq!(Arrow::of("ArrowUp"), Some(Arrow::Up));
        assert_eq!(Arrow::of("a"), None);
    }

    #[test]
    fn pressing_goes_all_the_way_round() {
        for corner in CORNERS {
            assert_eq!(corner.next().next().next().next(), corner);
            assert_ne!(corner.next(), corner);
        }
    }
}
