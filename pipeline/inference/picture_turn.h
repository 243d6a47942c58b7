// PictureTurn: a picture turned about its centre onto a canvas that holds all of it, and the way back for
// what was found on the canvas. Turns by 90, 180 and 270 degrees move pixels and change none. Thread rule:
// immutable once made.
#pragma once

#include "pipeline/picture/picture.h"

namespace efface::pipeline {

/// A place between pixels: (0,0) is the corner of the first one, (0.5,0.5) its centre.
struct Point {
    double x = 0;
    double y = 0;
};

/// A rectangle of such places.
struct Extent {
    double left = 0;
    double top = 0;
    double right = 0;
    double bottom = 0;
};

class PictureTurn {
public:
    /// Clockwise as seen, any number of degrees; at least one pixel.
    PictureTurn(std::size_t columns, std::size_t rows, int degrees);

    /// Of the canvas.
    std::size_t columns() const { return canvas_columns_; }

    std::size_t rows() const { return canvas_rows_; }

    /// `picture` has the size that the turn was made for. Bilinear; canvas beyond the picture is middle grey.
    Picture apply(const PictureView& picture) const;

    /// Where a place of the canvas lies in the picture, and the reverse.
    Point back(Point canvas) const;
    Point forth(Point picture) const;

    /// The bounds, in the picture, of the ellipse that a box on the canvas encloses. A head fills no more of
    /// its box; the corners would make the box of a slanted one larger by up to 41 % each way.
    Extent back_ellipse(const Box& canvas) const;

private:
    Picture apply_quarters(const PictureView& picture) const;

    std::size_t columns_;
    std::size_t rows_;
    double cosine_;
    double sine_;
    std::size_t canvas_columns_;
    std::size_t canvas_rows_;
};

/// One part of a picture at a smaller or equal size, each pixel the mean of those under it. `part` lies
/// inside.
Picture shrunk(const PictureView& picture, const Box& part, std::size_t columns, std::size_t rows);

}  // namespace efface::pipeline
