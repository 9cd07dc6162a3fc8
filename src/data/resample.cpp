#include "data/resample.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>

namespace quantrail {
namespace {

// The arithmetic, fixed here so that results are Pillow's: weights are normalised in double and then rounded to 22
// fractional bits, which leaves 32-bit sums two bits above 8-bit pixels for kernels that overshoot.
constexpr int kFractionBits = 22;
constexpr int kHalf = 1 << (kFractionBits - 1);

double triangle(double x) { return std::max(0.0, 1.0 - std::abs(x)); }

double cubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
  if (x < 2.0) return (((x - 5) * x + 8) * x - 4) * a;
  return 0.0;
}

struct Kernel {
  double (*weight)(double) = nullptr;
  double support = 0.0;  ///< zero beyond this distance
};

Kernel kernel_of(Interpolation interpolation) {
  return interpolation == Interpolation::Bicubic ? Kernel{cubic, 2.0} : Kernel{triangle, 1.0};
}

/// Which source positions make one output position, and how much of each.
struct Window {
  std::size_t first = 0;
  std::size_t weights = 0;  ///< where its weights begin
  std::size_t count = 0;
};

struct Windows {
  std::vector<Window> windows{};  ///< by output position
  std::vector<std::int32_t> weights{};
};

std::int32_t fixed_point(double weight) {
  const double scaled = weight * (1 << kFractionBits);
  return static_cast<std::int32_t>(weight < 0 ? scaled - 0.5 : scaled + 0.5);
}

Windows windows_for(std::int64_t from, std::int64_t to, Kernel kernel, bool antialias) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double stretch = antialias ? std::max(scale, 1.0) : 1.0;
  const double support = kernel.support * stretch;
  const double inverse = 1.0 / stretch;
  Windows out;
  std::vector<double> exact;
  for (std::int64_t position = 0; position < to; ++position) {
    const double center = (static_cast<double>(position) + 0.5) * scale;
    const auto first = std::max<std::int64_t>(static_cast<std::int64_t>(center - support + 0.5), 0);
    const auto end = std::min(static_cast<std::int64_t>(center + support + 0.5), from);
    exact.clear();
    double sum = 0.0;
    for (std::int64_t i = 0; i < end - first; ++i) {
      exact.push_back(kernel.weight((static_cast<double>(i + first) - center + 0.5) * inverse));
      sum += exact.back();
    }
    out.windows.push_back({static_cast<std::size_t>(first), out.weights.size(), exact.size()});
    for (const double weight : exact) out.weights.push_back(fixed_point(sum != 0.0 ? weight / sum : weight));
  }
  return out;
}

std::uint8_t rounded(std::int32_t sum) { return static_cast<std::uint8_t>(std::clamp(sum >> kFractionBits, 0, 255)); }

template <std::size_t Channels>
Image with_width(const Image& image, std::int64_t width, const Windows& columns) {
  Image out = Image::of_size({width, image.size.height}, image.channels);
  std::uint8_t* target = out.values.data();
  for (std::int64_t y = 0; y < image.size.height; ++y) {
    const std::uint8_t* row = image.values.data() + image.channels * y * image.size.width;
    for (const Window& window : columns.windows) {
      const std::int32_t* weights = columns.weights.data() + window.weights;
      const std::uint8_t* pixel = row + Channels * window.first;
      std::array<std::int32_t, Channels> sums{};
      sums.fill(kHalf);
      for (std::size_t i = 0; i < window.count; ++i, pixel += Channels) {
        for (std::size_t c = 0; c < Channels; ++c) sums[c] += pixel[c] * weights[i];
      }
      for (const std::int32_t sum : sums) *target++ = rounded(sum);
    }
  }
  return out;
}

Image with_height(const Image& image, std::int64_t height, const Windows& lines) {
  Image out = Image::of_size({image.size.width, height}, image.channels);
  const auto row_bytes = static_cast<std::size_t>(image.channels * image.size.width);
  std::vector<std::int32_t> sums(row_bytes);
  std::uint8_t* target = out.values.data();
  for (const Window& window : lines.windows) {
    std::fill(sums.begin(), sums.end(), kHalf);
    for (std::size_t i = 0; i < window.count; ++i) {
      const std::uint8_t* row = image.values.data() + (window.first + i) * row_bytes;
      const std::int32_t weight = lines.weights[window.weights + i];
      for (std::size_t x = 0; x < row_bytes; ++x) sums[x] += row[x] * weight;
    }
    for (const std::int32_t sum : sums) *target++ = rounded(sum);
  }
  return out;
}

/// Source position of each output position. The step is added up, not multiplied, since its rounding decides ties.
std::vector<std::size_t> nearest_positions(std::int64_t from, std::int64_t to) {
  const double step = static_cast<double>(from) / static_cast<double>(to);
  std::vector<std::size_t> positions;
  double at = step * 0.5;
  for (std::int64_t i = 0; i < to; ++i, at += step) {
    positions.push_back(static_cast<std::size_t>(std::min(static_cast<std::int64_t>(at), from - 1)));
  }
  return positions;
}

Image nearest_pixels(const Image& image, ImageSize size) {
  const auto columns = nearest_positions(image.size.width, size.width);
  const auto channels = static_cast<std::size_t>(image.channels);
  Image out = Image::of_size(size, image.channels);
  std::uint8_t* target = out.values.data();
  for (const std::size_t line : nearest_positions(image.size.height, size.height)) {
    const std::uint8_t* row = image.values.data() + line * channels * static_cast<std::size_t>(image.size.width);
    for (const std::size_t column : columns) target = std::copy_n(row + channels * column, channels, target);
  }
  return out;
}

}  // namespace

Image resampled(const Image& image, ImageSize size, Interpolation interpolation, bool antialias) {
  assert(size.width > 0 && size.height > 0 && image.size.width > 0 && image.size.height > 0);
  if (size == image.size) return image;
  if (interpolation == Interpolation::Nearest) return nearest_pixels(image, size);
  const Kernel kernel = kernel_of(interpolation);
  Image wide;
  if (size.width != image.size.width) {
    const auto columns = windows_for(image.size.width, size.width, kernel, antialias);
    wide = image.channels == 1 ? with_width<1>(image, size.width, columns) : with_width<3>(image, size.width, columns);
  }
  const Image& half_done = size.width != image.size.width ? wide : image;
  if (size.height == image.size.height) return half_done;
  return with_height(half_done, size.height, windows_for(image.size.height, size.height, kernel, antialias));
}

}  // namespace quantrail
