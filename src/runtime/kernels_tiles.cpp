#include "runtime/kernels_tiles.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

namespace quantrail::kernels {
namespace {

constexpr std::int64_t kRows = 32;     // of a block
constexpr std::int64_t kColumns = 32;  // of a block

std::int64_t blocks_of(std::int64_t size, std::int64_t block) { return (size + block - 1) / block; }

/// How far it is from one given weight to the next of each kind.
struct WeightSteps {
  std::int64_t column = 0;
  std::int64_t tap = 0;
  std::int64_t channel = 0;
};

WeightSteps steps_of(const TileShape& shape, TileWeights::Order order) {
  const std::int64_t taps = shape.kernel_h * shape.kernel_w;
  switch (order) {
    case TileWeights::Order::Rows: return {1, shape.channels * shape.columns, shape.columns};
    case TileWeights::Order::Columns: return {shape.depth(), shape.channels, 1};
    default: return {shape.depth(), 1, taps};
  }
}

bool is_in_place(const TileShape& s) {
  const bool point = s.kernel_h == 1 && s.kernel_w == 1 && s.stride_h == 1 && s.stride_w == 1;
  return point && s.pad_top == 0 && s.pad_left == 0 && s.out_h == s.in_h && s.out_w == s.in_w;
}

/// Positions of a plane's line: every window that begins among the outputs ends within it.
std::int64_t line_of(const TileShape& s) { return s.out_w + (s.kernel_w - 1) * s.dilation_w / s.stride_w; }
/// Lines that the windows of an output line reach beyond its own.
std::int64_t lines_below(const TileShape& s) { return (s.kernel_h - 1) * s.dilation_h / s.stride_h; }

/// Of the remainders along one axis, those at which windows have positions at all.
std::int64_t remainders(std::int64_t stride, std::int64_t kernel, std::int64_t dilation) {
  return std::min(stride, (kernel - 1) * dilation + 1);
}

/// Lines of outputs with enough positions for a block.
std::int64_t least_lines(const TileShape& s) {
  return blocks_of(std::max<std::int64_t>(kRows - s.out_w, 0), line_of(s)) + 1;
}

/// Positions that all columns are computed of before the next ones: where the weights are in the nearest cache, as many
/// as fit there too, with their results; else more, so that weights come less often.
std::int64_t panel_positions(const TileShape& shape, std::int64_t bytes_per_position) {
  const std::int64_t weights = shape.depth() * shape.columns;
  if (weights <= 24 * 1024) return 32 * 1024 / (bytes_per_position + shape.columns);
  return (weights <= 1024 * 1024 ? 256 * 1024 : 512 * 1024) / bytes_per_position;
}

}  // namespace

std::int64_t tile_depth(const TileShape& shape) {
  constexpr std::int64_t kMost = 64;
  constexpr std::int64_t kLeast = 16;
  for (std::int64_t pieces = blocks_of(shape.channels, kMost); shape.channels / pieces >= kLeast; ++pieces) {
    if (shape.channels % (4 * pieces) == 0) return shape.channels / pieces;
  }
  return 0;
}

TileWeights::TileWeights(const TileShape& shape, std::span<const std::int8_t> weights, Order order)
    : block_bytes_(kColumns * shape.depth()) {
  assert(static_cast<std::int64_t>(weights.size()) == shape.depth() * shape.columns);
  const std::int64_t depth = tile_depth(shape);
  const std::int64_t blocks = blocks_of(shape.columns, kColumns);
  packed_.assign(static_cast<std::size_t>(blocks * block_bytes_), 0);
  sums_.assign(static_cast<std::size_t>(blocks * kColumns), 0);
  const WeightSteps steps = steps_of(shape, order);
  const std::int64_t taps = shape.kernel_h * shape.kernel_w;
  for (std::int64_t column = 0; column < shape.columns; ++column) {
    std::int32_t sum = 0;
    std::int8_t* half = packed_.data() + column / kColumns * block_bytes_ + column % kColumns / 16 * 16 * depth;
    for (std::int64_t tap = 0; tap < taps; ++tap) {
      const std::int8_t* from = weights.data() + column * steps.column + tap * steps.tap;
      for (std::int64_t channel = 0; channel < shape.channels; channel += depth, half += kColumns * depth) {
        std::int8_t* to = half + column % 16 * 4;
        for (std::int64_t four = 0; four < depth; four += 4, to += 64) {
          for (std::int64_t k = 0; k < 4; ++k, from += steps.channel) {
            to[k] = *from;
            sum += *from;
          }
        }
      }
    }
    sums_[static_cast<std::size_t>(column)] = sum;
  }
}

bool CodeTiles::fits(const TileShape& shape) {
  if (shape.out_w < 1 || shape.out_h < 1) return false;
  return is_in_place(shape) ? shape.rows() >= kRows : shape.out_h >= least_lines(shape);
}

CodeTiles::CodeTiles(const TileShape& shape, std::shared_ptr<const TileWeights> weights, const TileRule& rule)
    : shape_(shape),
      weights_(std::move(weights)),
      zero_point_(rule.zero_point),
      sum_(rule.sum),
      accumulate_(rule.accumulate),
      lo_(rule.lo),
      hi_(rule.hi),
      blocks_(blocks_of(shape.columns, kColumns)),
      depth_(tile_depth(shape)),
      in_place_(is_in_place(shape)) {
  assert(fits(shape) && depth_ > 0);
  if (in_place_) {
    panel_ = std::max<std::int64_t>(panel_positions(shape, shape.channels) / kRows, 2) * kRows;
  } else {
    line_ = line_of(shape);
    least_lines_ = least_lines(shape);
    planes_h_ = remainders(shape.stride_h, shape.kernel_h, shape.dilation_h);
    planes_w_ = remainders(shape.stride_w, shape.kernel_w, shape.dilation_w);
    const std::int64_t bytes = planes_h_ * planes_w_ * shape.channels;
    const std::int64_t lines = panel_positions(shape, bytes) / line_ - lines_below(shape);
    panel_ = std::min(std::max(lines, 4 * least_lines_), shape.out_h);
    plane_ = (panel_ + lines_below(shape)) * line_ * shape.channels;
  }
  for (std::int64_t ky = 0; ky < shape.kernel_h; ++ky) {
    for (std::int64_t kx = 0; kx < shape.kernel_w; ++kx) {
      const std::int64_t y = ky * shape.dilation_h;
      const std::int64_t x = kx * shape.dilation_w;
      const std::int64_t plane = y % shape.stride_h * planes_w_ + x % shape.stride_w;
      const std::int64_t position = y / shape.stride_h * line_ + x / shape.stride_w;
      for (std::int64_t channel = 0; channel < shape.channels; channel += depth_)
        offsets_.push_back(plane * plane_ + position * shape.channels + channel);
    }
  }
  if (rule.zero_point != 0) {
    for (const std::int32_t sum : weights_->sums()) start_.push_back(-rule.zero_point * sum);
  }
  scale_.assign(static_cast<std::size_t>(blocks_ * kColumns), 0.0F);
  bias_.assign(static_cast<std::size_t>(blocks_ * kColumns), 0.0F);
  for (std::size_t c = 0; c < static_cast<std::size_t>(shape.columns); ++c) {
    scale_[c] = rule.scale.empty() ? 1.0F : rule.scale[rule.scale.size() == 1 ? 0 : c];
    if (!rule.bias.empty()) bias_[c] = rule.bias[c];
  }
  clamps_ = rule.lo > 0.0F || rule.hi < 255.0F || !is_far_from_overflow();
}

bool CodeTiles::is_far_from_overflow() const {
  constexpr double kFar = 1 << 30;
  if (sum_) {
    const double code = std::abs(double{sum_->step}) + std::abs(double{sum_->addend_step});
    if (!(255.0 * code + std::abs(double{sum_->offset}) <= kFar)) return false;
  }
  const double most = static_cast<double>(shape_.depth()) * 2.0 * 255.0 * 128.0;
  for (std::size_t c = 0; c < scale_.size(); ++c) {
    if (!((most + std::abs(double{bias_[c]})) * std::abs(double{scale_[c]}) <= kFar)) return false;
  }
  return true;
}

std::size_t CodeTiles::scratch_bytes() const {
  return static_cast<std::size_t>(planes_h_ * planes_w_ * plane_ + 63) / 64 * 64;
}

void CodeTiles::copy_lines(const std::uint8_t* image, std::int64_t out_y, std::int64_t count,
                           std::uint8_t* planes) const {
  const TileShape& s = shape_;
  const auto fill = [&](std::uint8_t* to, std::int64_t positions) {
    if (positions > 0) std::memset(to, zero_point_, static_cast<std::size_t>(positions * s.channels));
  };
  for (std::int64_t plane = 0; plane < planes_h_ * planes_w_; ++plane) {
    const std::int64_t below = plane / planes_w_;
    const std::int64_t beside = plane % planes_w_;
    // Positions x of a line are at source x * stride_w + shift.
    const std::int64_t shift = beside - s.pad_left;
    const std::int64_t first = std::clamp<std::int64_t>(blocks_of(-shift, s.stride_w), 0, line_);
    const std::int64_t last = std::clamp<std::int64_t>(blocks_of(s.in_w - shift, s.stride_w), first, line_);
    for (std::int64_t line = 0; line < count + lines_below(s); ++line) {
      std::uint8_t* to = planes + plane * plane_ + line * line_ * s.channels;
      const std::int64_t y = (out_y + line) * s.stride_h + below - s.pad_top;
      if (y < 0 || y >= s.in_h) {
        fill(to, line_);
        continue;
      }
      fill(to, first);
      fill(to + last * s.channels, line_ - last);
      const std::uint8_t* from = image + (y * s.in_w + first * s.stride_w + shift) * s.channels;
      to += first * s.channels;
      if (s.stride_w == 1) {
        std::memcpy(to, from, static_cast<std::size_t>((last - first) * s.channels));
        continue;
      }
      for (std::int64_t x = first; x < last; ++x, to += s.channels, from += s.stride_w * s.channels)
        std::memcpy(to, from, static_cast<std::size_t>(s.channels));
    }
  }
}

}  // namespace quantrail::kernels
