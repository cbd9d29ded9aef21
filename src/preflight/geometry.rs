//! Matrices and rectangles, in millimetres from the top left corner of a page as it is viewed.

/// Points in a millimetre.
const POINTS_PER_MM: f64 = 72.0 / 25.4;

/// An affine map as PDF writes it: `x' = a·x + c·y + e`, `y' = b·x + d·y + f`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Matrix(pub(super) [f64; 6]);

impl Matrix {
    pub(super) const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// A shift.
    pub(super) const fn shift(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// First `self`, then `next`.
    pub(super) fn then(self, next: Self) -> Self {
        let ([a, b, c, d, e, f], [na, nb, nc, nd, ne, nf]) = (self.0, next.0);
        Self([
            a * na + b * nc,
            a * nb + b * nd,
            c * na + d * nc,
            c * nb + d * nd,
            e * na + f * nc + ne,
            e * nb + f * nd + nf,
        ])
    }

    pub(super) fn apply(self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// Whether a rectangle along the axes stays one.
    pub(super) fn is_upright(self) -> bool {
        let [a, b, c, d, ..] = self.0;
        (b == 0.0 && c == 0.0) || (a == 0.0 && d == 0.0)
    }

    /// How long the images of the two unit vectors are.
    pub(super) fn scales(self) -> (f64, f64) {
        let [a, b, c, d, ..] = self.0;
        (a.hypot(b), c.hypot(d))
    }
}

/// A rectangle; `top` is the smaller of the two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Rect {
    /// Holds every point.
    pub(super) const EVERYTHING: Self = Self {
        left: f64::NEG_INFINITY,
        top: f64::NEG_INFINITY,
        right: f64::INFINITY,
        bottom: f64::INFINITY,
    };

    /// The smallest rectangle around the points; none without points or with wild ones.
    pub(super) fn around(points: &[(f64, f64)]) -> Option<Self> {
        let (x, y) = *points.first()?;
        let start = Self {
            left: x,
            top: y,
            right: x,
            bottom: y,
        };
        let rect = points.iter().fold(start, |rect, (x, y)| rect.with(*x, *y));
        rect.is_finite().then_some(rect)
    }

    fn with(self, x: f64, y: f64) -> Self {
        Self {
            left: self.left.min(x),
            top: self.top.min(y),
            right: self.right.max(x),
            bottom: self.bottom.max(y),
        }
    }

    fn is_finite(self) -> bool {
        [self.left, self.top, self.right, self.bottom]
            .iter()
            .all(|side| side.is_finite())
    }

    pub(super) fn union(self, other: Self) -> Self {
        self.with(other.left, other.top)
            .with(other.right, other.bottom)
    }

    /// What the two share; none where that is nothing.
    pub(super) fn common(self, other: Self) -> Option<Self> {
        let common = Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        };
        (common.left <= common.right && common.top <= common.bottom).then_some(common)
    }

    pub(super) fn area(self) -> f64 {
        (self.right - self.left) * (self.bottom - self.top)
    }

    pub(super) fn centre(self) -> (f64, f64) {
        (
            f64::midpoint(self.left, self.right),
            f64::midpoint(self.top, self.bottom),
        )
    }

    pub(super) fn holds_point(self, (x, y): (f64, f64)) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    /// Whether `other` lies inside, give or take `slack` millimetres.
    pub(super) fn holds(self, other: Self, slack: f64) -> bool {
        other.left >= self.left - slack
            && other.right <= self.right + slack
            && other.top >= self.top - slack
            && other.bottom <= self.bottom + slack
    }

    /// Whether the two share more than an edge of `slack` millimetres.
    pub(super) fn overlaps(self, other: Self, slack: f64) -> bool {
        other.left < self.right - slack
            && other.right > self.left + slack
            && other.top < self.bottom - slack
            && other.bottom > self.top + slack
    }
}

/// A page box, as PDF has it: in units of 1/72 inch (times `UserUnit`), from the bottom left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PageBox {
    pub(super) x0: f64,
    pub(super) y0: f64,
    pub(super) x1: f64,
    pub(super) y1: f64,
}

/// How a page is viewed: which part of it, which way up, how large a unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct View {
    pub(super) visible: PageBox,
    /// Degrees clockwise: 0, 90, 180 or 270.
    pub(super) rotate: i64,
    pub(super) user_unit: f64,
}

impl View {
    fn mm_per_unit(self) -> f64 {
        self.user_unit / POINTS_PER_MM
    }

    /// Width and height of a box of the page as viewed, in millimetres.
    pub(super) fn size_mm(self, page_box: PageBox) -> (f64, f64) {
        let k = self.mm_per_unit();
        let (width, height) = (
            (page_box.x1 - page_box.x0) * k,
            (page_box.y1 - page_box.y0) * k,
        );
        if self.rotate % 180 == 0 {
            (width, height)
        } else {
            (height, width)
        }
    }

    /// From the page's own space to millimetres from the top left corner as viewed.
    pub(super) fn to_mm(self) -> Matrix {
        let PageBox { x0, y0, x1, y1 } = self.visible;
        let k = self.mm_per_unit();
        Matrix(match self.rotate {
            90 => [0.0, k, k, 0.0, -y0 * k, -x0 * k],
            180 => [-k, 0.0, 0.0, k, x1 * k, -y0 * k],
            270 => [0.0, -k, -k, 0.0, y1 * k, x1 * k],
            _ => [k, 0.0, 0.0, -k, -x0 * k, y1 * k],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A4: PageBox = PageBox {
        x0: 0.0,
        y0: 0.0,
        x1: 595.276,
        y1: 841.89,
    };

    fn view(rotate: i64) -> View {
        View {
            visible: A4,
            rotate,
            user_unit: 1.0,
        }
    }

    fn near((ax, ay): (f64, f64), (bx, by): (f64, f64)) -> bool {
        (ax - bx).abs() < 0.01 && (ay - by).abs() < 0.01
    }

    #[test]
    fn every_rotation_brings_its_own_corner_to_the_top_left() {
        for (rotate, corner) in [
            (0, (0.0, 841.89)),
            (90, (0.0, 0.0)),
            (180, (595.276, 0.0)),
            (270, (595.276, 841.89)),
        ] {
            assert!(
                near(view(rotate).to_mm().apply(corner.0, corner.1), (0.0, 0.0)),
                "{rotate}"
            );
        }
    }

    #[test]
    fn the_opposite_corner_is_the_pages_size_away() {
        for (rotate, corner) in [
            (0, (595.276, 0.0)),
            (90, (595.276, 841.89)),
            (180, (0.0, 841.89)),
            (270, (0.0, 0.0)),
        ] {
            let view = view(rotate);
            assert!(
                near(view.to_mm().apply(corner.0, corner.1), view.size_mm(A4)),
                "{rotate}"
            );
        }
        assert!(near(view(90).size_mm(A4), (297.0, 210.0)));
    }

    #[test]
    fn matrices_apply_in_order() {
        let double = Matrix([2.0, 0.0, 0.0, 2.0, 0.0, 0.0]);
        assert_eq!(
            double.then(Matrix::shift(1.0, 0.0)).apply(1.0, 1.0),
            (3.0, 2.0)
        );
        assert_eq!(
            Matrix::shift(1.0, 0.0).then(double).apply(1.0, 1.0),
            (4.0, 2.0)
        );
    }

    #[test]
    fn wild_points_make_no_rectangle() {
        assert!(Rect::around(&[(0.0, f64::INFINITY)]).is_none());
        assert!(Rect::around(&[]).is_none());
    }
}
