// Cine: one scene in many frames (PS3.3 C.7.6.5), as ultrasound and fluoroscopy send it. What stands still in
// it is seen best in projections along time, where what moves is blurred; the rest is looked for in every
// frame, at half its size. Thread rule: pure but for the detectors.
#pragma once

#include "pipeline/picture/picture.h"
#include "pipeline/pixel/found_box.h"
#include "pipeline/pixel/native_image.h"
#include "rules/profile/identity_possible.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace efface::pipeline {

/// Fewer are searched one by one, as pictures of their own.
inline constexpr std::uint64_t kCineFramesMin = 9;
/// In so many frames of a cine, evenly spread, faces are looked for: neither an echo nor a fluoroscopy shows
/// one, and a photograph on the screen stays there.
inline constexpr std::uint64_t kCineFaceFramesMax = 12;
/// Of an instance whose frames may show different things. More are quarantined.
inline constexpr std::uint64_t kSingleFramesMax = 32;

/// What one frame of a cine shows is blackened in so many before and behind it as well: half a second at 30
/// frames a second.
inline constexpr std::uint64_t kCineNeighbours = 15;
/// The same, of frames that are searched one by one and in full.
inline constexpr std::uint64_t kSingleNeighbours = 2;

/// Many frames of a kind that shows one scene.
bool is_cine(const NativeImage& image, const rules::PixelIdentity& identity);

/// From one frame that is searched for faces to the next.
std::uint64_t cine_face_step(const NativeImage& image);

/// How text is looked for in the frames, and faces: in a cine the frames between two searched ones are
/// blackened with either of them.
FrameWindow text_window(const NativeImage& image, const rules::PixelIdentity& identity);
FrameWindow face_window(const NativeImage& image, const rules::PixelIdentity& identity);

/// Over all frames: the mean, in which noise fades and what stands still remains; the brightest and the
/// darkest value of every pixel, in which what one frame alone shows remains. `like`: see
/// NativeImage::picture().
std::array<Picture, 3> projections(
    const NativeImage& image, std::span<const std::byte> samples, std::span<const std::byte> like
);

/// Half as wide and half as high, at least one pixel each; every pixel the mean of up to four.
Picture halved(const PictureView& picture);

/// The box in the picture that was halved.
Box doubled(const Box& box);

}  // namespace efface::pipeline
