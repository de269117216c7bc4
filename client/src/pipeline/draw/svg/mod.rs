//! SVG, with a layout of our own: columns from left to right, each node right of all it waits for.
//! Nothing from outside is needed: the font is whatever fixed-width one there is, and its letters are taken to be wide.

mod columns;
mod place;

use std::fmt::Write;

use super::text::{fitted, width};
use super::{Drawing, Kind, Node};
use columns::{Columns, Route};
use place::{Places, Size};

/// The columns of text that a box has at most.
const COLUMNS: usize = 48;
/// Wider than a letter of any fixed-width font at [`FONT`]: they are between 0.55 and 0.61 of its size.
const LETTER: f64 = 7.5;
const FONT: u32 = 12;
const LINE: f64 = 17.0;
const PADDING: f64 = 10.0;
/// Around the whole.
const MARGIN: f64 = 12.0;
/// What an arrow's head takes of the way to a box.
const HEAD: f64 = 7.0;

/// Grey that can be told from white as well as from black.
const EDGE: &str = "#7d8590";
const TEXT: &str = "#1b1f24";

pub(super) fn draw(drawing: &Drawing) -> String {
    let boxes: Vec<Vec<String>> = drawing.nodes.iter().map(lines).collect();
    let sizes: Vec<Size> = boxes.iter().map(|lines| size(lines)).collect();
    let after: Vec<&[usize]> = drawing.nodes.iter().map(|node| &*node.after).collect();
    let columns = Columns::of(&after);
    let places = Places::of(&columns, &sizes);
    let mut picture = Picture {
        out: String::new(),
        drawing,
        places,
    };
    picture.open();
    for route in &columns.routes {
        picture.arrow(route);
    }
    picture.line("</g>");
    for (i, lines) in boxes.iter().enumerate() {
        picture.node(i, lines);
    }
    picture.line("</svg>");
    picture.out
}

/// What stands in a node's box.
fn lines(node: &Node) -> Vec<String> {
    let lines = node.lines().into_iter();
    lines.map(|line| fitted(&line, COLUMNS)).collect()
}

fn size(lines: &[String]) -> Size {
    let columns = lines.iter().map(|line| width(line)).max().unwrap_or(0);
    Size {
        width: float(columns) * LETTER + 2.0 * PADDING,
        height: float(lines.len()) * LINE + 2.0 * PADDING - 4.0,
    }
}

/// Counts of what is in memory are far below the numbers that a float no longer holds exactly.
#[expect(clippy::cast_precision_loss, reason = "no drawing has 2^53 nodes")]
fn float(count: usize) -> f64 {
    count as f64
}

struct Picture<'a> {
    out: String,
    drawing: &'a Drawing,
    places: Places,
}

impl Picture<'_> {
    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn open(&mut self) {
        let (width, height) = (
            self.places.width + 2.0 * MARGIN,
            self.places.height + 2.0 * MARGIN,
        );
        let title = match self.drawing.nodes.len() {
            1 => "pipeline of 1 node".to_owned(),
            nodes => format!("pipeline of {nodes} nodes"),
        };
        self.line(&format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"-{MARGIN} -{MARGIN} {width:.0} {height:.0}\" \
             role=\"graphics-document\" font-family=\"ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"{FONT}\" fill=\"{TEXT}\">"
        ));
        self.line(&format!("<title>{title}</title>"));
        self.line(&format!(
            "<defs><marker id=\"dune-pipeline-arrow\" viewBox=\"0 0 8 8\" refX=\"1\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
             markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path d=\"M0,0L8,4L0,8z\" fill=\"{EDGE}\"/></marker></defs>"
        ));
        self.line(&format!(
            "<g fill=\"none\" stroke=\"{EDGE}\" stroke-width=\"1.5\" role=\"presentation\">"
        ));
    }

    fn arrow(&mut self, route: &Route) {
        let Some((from, to)) = self
            .drawing
            .nodes
            .get(route.from)
            .zip(self.drawing.nodes.get(route.to))
        else {
            return;
        };
        let (mut x, mut y) = self.places.right_of(route.from);
        let mut path = format!("M{x:.0},{y:.0}");
        for &lane in &route.lanes {
            let (left, lane_y) = self.places.left_of(lane);
            curve(&mut path, (x, y), (left, lane_y));
            let (right, _) = self.places.right_of(lane);
            _ = write!(path, "H{right:.0}");
            (x, y) = (right, lane_y);
        }
        let (left, end) = self.places.left_of(route.to);
        curve(&mut path, (x, y), (left - HEAD, end));
        let title = escaped(&format!("{} after {}", to.name, from.name));
        self.line(&format!(
            "<path d=\"{path}\" marker-end=\"url(#dune-pipeline-arrow)\"><title>{title}</title></path>"
        ));
    }

    fn node(&mut self, node: usize, lines: &[String]) {
        let Some(drawn) = self.drawing.nodes.get(node) else {
            return;
        };
        let (fill, stroke, round) = match drawn.kind {
            Kind::Refresh => ("#d9f2e6", "#2b8a62", 0),
            Kind::Query => ("#e4e9fb", "#4b63bf", 8),
        };
        let sentence = self.drawing.sentence(drawn, true).join(" ");
        let title = escaped(&format!("{}: {sentence}", drawn.name));
        let (left, middle) = self.places.left_of(node);
        let Size { width, height } = self.places.size_of(node);
        let top = middle - height / 2.0;
        self.line(&format!(
            "<g role=\"graphics-symbol\"><title>{title}</title>"
        ));
        self.line(&format!(
            "<rect x=\"{left:.0}\" y=\"{top:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" rx=\"{round}\" fill=\"{fill}\" stroke=\"{stroke}\"/>"
        ));
        let x = left + PADDING;
        for (i, line) in lines.iter().enumerate() {
            let y = top + PADDING + float(i) * LINE + 10.0;
            let weight = if i == 0 { " font-weight=\"bold\"" } else { "" };
            let line = escaped(line);
            self.line(&format!(
                "<text x=\"{x:.0}\" y=\"{y:.0}\"{weight}>{line}</text>"
            ));
        }
        self.line("</g>");
    }
}

/// From one column to another: it leaves and arrives level.
fn curve(path: &mut String, (x, y): (f64, f64), (to_x, to_y): (f64, f64)) {
    let middle = f64::midpoint(x, to_x);
    _ = write!(
        path,
        "C{middle:.0},{y:.0} {middle:.0},{to_y:.0} {to_x:.0},{to_y:.0}"
    );
}

/// For the text of an element. What XML cannot hold at all was written out before.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
