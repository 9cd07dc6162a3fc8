#include <algorithm>
#include <cmath>

#include "model/resize.h"

namespace quantrail {
namespace {

float coordinate(const ResizeMode& mode, const ResizedAxis& axis, CropRange crop, float x) {
  using Coordinates = ResizeMode::Coordinates;
  const auto from = static_cast<float>(axis.from);
  const auto to = static_cast<float>(axis.to);
  const float half_pixel = (x + 0.5F) / axis.scale - 0.5F;
  switch (mode.coordinates) {
    case Coordinates::HalfPixel: return half_pixel;
    case Coordinates::PytorchHalfPixel: return axis.to > 1 ? half_pixel : 0.0F;
    case Coordinates::AlignCorners: return axis.to > 1 ? x * (from - 1.0F) / (to - 1.0F) : 0.0F;
    case Coordinates::Asymmetric: return x / axis.scale;
    case Coordinates::HalfPixelForNearest: return (x + 0.5F) / axis.scale;
    case Coordinates::HalfPixelSymmetric: {
      const float adjustment = to / (axis.scale * from);
      return from / 2.0F * (1.0F - adjustment) + half_pixel;
    }
    case Coordinates::CropAndResize: break;
  }
  if (axis.to <= 1) return 0.5F * (crop.start + crop.end) * (from - 1.0F);
  return crop.start * (from - 1.0F) + x * (crop.end - crop.start) * (from - 1.0F) / (to - 1.0F);
}

float rounded(ResizeMode::Rounding rounding, float x) {
  switch (rounding) {
    case ResizeMode::Rounding::PreferFloor: return std::ceil(x - 0.5F);
    case ResizeMode::Rounding::PreferCeil: return std::floor(x + 0.5F);
    case ResizeMode::Rounding::Floor: return std::floor(x);
    case ResizeMode::Rounding::Ceil: return std::ceil(x);
  }
  return x;
}

/// The filter's weight at `distance` source elements; it is stretched already.
double weight(const ResizeMode& mode, double distance) {
  const double x = std::abs(distance);
  if (mode.filter == ResizeMode::Filter::Linear) return std::max(0.0, 1.0 - x);
  const double a = mode.cubic_a;
  if (x <= 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
  if (x < 2.0) return ((a * x - 5.0 * a) * x + 8.0 * a) * x - 4.0 * a;
  return 0.0;
}

/// Adds the weight to the tap of that element, which is the last one or a new one.
void add(std::vector<Tap>& taps, Tap tap) {
  if (!taps.empty() && taps.back().index == tap.index)
    taps.back().weight += tap.weight;
  else
    taps.push_back(tap);
}

std::vector<Tap> filtered(const ResizeMode& mode, const ResizedAxis& axis, double center) {
  // Antialiasing stretches the filter over all elements that one result element stands for.
  const double stretch = mode.antialias ? std::min(1.0, static_cast<double>(axis.scale)) : 1.0;
  const double support = (mode.filter == ResizeMode::Filter::Linear ? 1.0 : 2.0) / stretch;
  const auto last = static_cast<double>(axis.from - 1);
  // What lies further beside the source than the filter reaches repeats its border.
  center = std::clamp(center, -support, last + support);
  const auto first = static_cast<std::int64_t>(std::floor(center - support)) + 1;
  const auto end = static_cast<std::int64_t>(std::ceil(center + support));
  std::vector<Tap> taps;
  double total = 0.0;
  for (auto index = first; index < end; ++index) {
    const bool outside = index < 0 || index >= axis.from;
    const double share = weight(mode, (static_cast<double>(index) - center) * stretch);
    if (share == 0.0 || (outside && mode.exclude_outside)) continue;
    total += share;
    add(taps, {std::clamp<std::int64_t>(index, 0, axis.from - 1), share});
  }
  if (taps.empty() || total == 0.0) return {{static_cast<std::int64_t>(std::clamp(center, 0.0, last)), 1.0}};
  for (auto& tap : taps) tap.weight /= total;
  return taps;
}

}  // namespace

std::vector<Taps> resize_taps(const ResizeMode& mode, const ResizedAxis& axis, CropRange crop) {
  std::vector<Taps> all;
  const auto last = static_cast<float>(axis.from - 1);
  for (std::int64_t at = 0; at < axis.to; ++at) {
    float center = coordinate(mode, axis, crop, static_cast<float>(at));
    if (!std::isfinite(center)) center = 0.0F;
    Taps taps;
    taps.outside = mode.coordinates == ResizeMode::Coordinates::CropAndResize && (center < 0.0F || center > last);
    if (mode.filter == ResizeMode::Filter::Nearest) {
      const float nearest = std::clamp(rounded(mode.rounding, center), 0.0F, last);
      taps.taps = {{std::min(static_cast<std::int64_t>(nearest), axis.from - 1), 1.0}};
    } else {
      taps.taps = filtered(mode, axis, static_cast<double>(center));
    }
    all.push_back(std::move(taps));
  }
  return all;
}

}  // namespace quantrail
