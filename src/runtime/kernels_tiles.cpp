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

/// Calls visit(ky, kx, element) for each tile of depth: it begins at that element of tap (ky, kx).
template <class Visit>
void for_each_tile(const TileShape& shape, const TileDepth& depth, Visit visit) {
  for (std::int64_t ky = 0; ky < shape.kernel_h; ++ky) {
    for (std::int64_t kx = 0; kx < shape.kernel_w; kx += depth.taps) {
      for (std::int64_t element = 0; element < depth.taps * depth.channels; element += depth.elements)
        visit(ky, kx, element);
    }
  }
}

bool is_in_place(const TileShape& s) {
  const bool point = s.kernel_h == 1 && s.kernel_w == 1 && s.stride_h == 1 && s.stride_w == 1;
  const bool whole = s.channels % 4 == 0;  // no channels have to be put in between
  return point && whole && s.pad_top == 0 && s.pad_left == 0 && s.out_h == s.in_h && s.out_w == s.in_w;
}

std::int64_t reach(std::int64_t kernel, std::int64_t dilation) { return (kernel - 1) * dilation + 1; }

/// Positions of a plane's line: every window that begins among the outputs ends within it.
std::int64_t line_of(const TileShape& s) {
  return blocks_of((s.out_w - 1) * s.stride_w + reach(s.kernel_w, s.dilation_w), s.stride_w);
}

/// Lines that the windows of an output line reach beyond its own.
std::int64_t lines_below(const TileShape& s) { return (s.kernel_h - 1) * s.dilation_h / s.stride_h; }

/// Lines of outputs with enough positions for a block.
std::int64_t least_lines(const TileShape& s) {
  return blocks_of(std::max<std::int64_t>(kRows - s.out_w, 0), line_of(s)) + 1;
}

struct Pixels {
  const std::uint8_t* at = nullptr;
  std::int64_t count = 0;
  std::int64_t channels = 0;
};

/// Each with `channels` channels, of which the further ones get any values.
void copy_pixels(const Pixels& from, std::uint8_t* to, std::int64_t channels) {
  if (channels == from.channels) {
    std::memcpy(to, from.at, static_cast<std::size_t>(from.count * channels));
    return;
  }
  const std::uint8_t* at = from.at;
  if (from.channels == 3) {  // images: four bytes at once, but for the last
    for (std::int64_t pixel = 0; pixel + 1 < from.count; ++pixel, at += 3, to += 4) std::memcpy(to, at, 4);
    std::memset(to, 0, 4);
    std::memcpy(to, at, 3);
    return;
  }
  for (std::int64_t pixel = 0; pixel < from.count; ++pixel, at += from.channels, to += channels) {
    for (std::int64_t c = 0; c < channels; ++c) to[c] = c < from.channels ? at[c] : std::uint8_t{0};
  }
}

std::int64_t width_of(TileIsa isa) { return isa == TileIsa::Avx2 ? 2 : 1; }  // of what is multiplied, in bytes

/// Positions that all columns are computed of before the next ones: where the weights are in the nearest cache, as many
/// as fit there too, with their results; else more, so that weights come less often.
std::int64_t panel_positions(const TileShape& shape, TileIsa isa, std::int64_t elements_per_position) {
  const std::int64_t bytes_per_position = elements_per_position * width_of(isa);
  const std::int64_t weights = shape.depth() * shape.columns * width_of(isa);
  if (weights <= 24 * 1024) return 32 * 1024 / (bytes_per_position + shape.columns);
  return (weights <= 1024 * 1024 ? 256 * 1024 : 512 * 1024) / bytes_per_position;
}

}  // namespace

TileDepth tile_depth(const TileShape& shape) {
  constexpr std::int64_t kMost = 64;
  constexpr std::int64_t kLeast = 16;
  const std::int64_t fours = blocks_of(shape.channels, 4) * 4;
  if (fours <= kLeast && shape.dilation_w == 1 && shape.kernel_w * fours <= kMost)
    return {shape.kernel_w * fours, shape.kernel_w, fours};
  for (std::int64_t pieces = blocks_of(shape.channels, kMost); shape.channels / pieces >= kLeast; ++pieces) {
    if (shape.channels % (4 * pieces) == 0) return {shape.channels / pieces, 1, shape.channels};
  }
  return {};
}

TileWeights::TileWeights(const TileShape& shape, std::span<const std::int8_t> weights, Order order, TileIsa isa)
    : isa_(isa) {
  assert(static_cast<std::int64_t>(weights.size()) == shape.depth() * shape.columns);
  if (isa == TileIsa::Amx)
    pack(shape, weights, order, bytes_);
  else
    pack(shape, weights, order, words_);
}

template <class T>
void TileWeights::pack(const TileShape& shape, std::span<const std::int8_t> weights, Order order,
                       AlignedVector<T>& packed) {
  constexpr std::int64_t kTogether = 4 / sizeof(T);  // of depth, for one column
  const TileDepth depth = tile_depth(shape);
  block_size_ = kColumns * shape.kernel_h * shape.kernel_w * depth.channels;
  const std::int64_t blocks = blocks_of(shape.columns, kColumns);
  packed.assign(static_cast<std::size_t>(blocks * block_size_), 0);
  sums_.assign(static_cast<std::size_t>(blocks * kColumns), 0);
  const WeightSteps steps = steps_of(shape, order);
  for (std::int64_t column = 0; column < shape.columns; ++column) {
    std::int32_t sum = 0;
    T* to = packed.data() + column / kColumns * block_size_ + column % kColumns / 16 * 16 * depth.elements +
            column % 16 * kTogether;
    for_each_tile(shape, depth, [&](std::int64_t ky, std::int64_t kx, std::int64_t element) {
      for (std::int64_t at = 0; at < depth.elements; at += kTogether) {
        const std::int64_t tap = ky * shape.kernel_w + kx + (element + at) / depth.channels;
        const std::int64_t channel = (element + at) % depth.channels;
        const std::int8_t* from = weights.data() + column * steps.column + tap * steps.tap + channel * steps.channel;
        for (std::int64_t k = 0; k < kTogether && channel + k < shape.channels; ++k, from += steps.channel) {
          to[16 * at + k] = *from;
          sum += *from;
        }
      }
      to += kColumns * depth.elements;
    });
    sums_[static_cast<std::size_t>(column)] = sum;
  }
}

bool CodeTiles::fits(const TileShape& shape) {
  if (shape.out_w < 1 || shape.out_h < 1 || tile_depth(shape).elements == 0) return false;
  return is_in_place(shape) ? shape.rows() >= kRows : shape.out_h >= least_lines(shape);
}

CodeTiles::CodeTiles(const TileShape& shape, std::shared_ptr<const TileWeights> weights, const TileRule& rule)
    : shape_(shape),
      weights_(std::move(weights)),
      zero_point_(rule.zero_point),
      result_zero_point_(rule.result_zero_point),
      sum_(rule.sum),
      accumulate_(rule.accumulate),
      lo_(rule.sum ? rule.lo : rule.lo - static_cast<float>(rule.result_zero_point)),
      hi_(rule.sum ? rule.hi : rule.hi - static_cast<float>(rule.result_zero_point)),
      blocks_(blocks_of(shape.columns, kColumns)),
      depth_(tile_depth(shape)),
      in_place_(is_in_place(shape)) {
  assert(fits(shape));
  const TileIsa isa = weights_->isa();
  if (in_place_) {
    panel_ = std::max<std::int64_t>(panel_positions(shape, isa, shape.channels) / kRows, 2) * kRows;
    most_bytes_ = std::min(panel_, shape.rows()) * shape.channels;
  } else {
    least_lines_ = least_lines(shape);
    pixels_ = line_of(shape) * shape.stride_w;
    planes_ = std::min(shape.stride_h, reach(shape.kernel_h, shape.dilation_h));
    const std::int64_t line_bytes = planes_ * pixels_ * depth_.channels;
    const std::int64_t lines = panel_positions(shape, isa, 1) / line_bytes - lines_below(shape);
    panel_ = std::min(std::max(lines, 4 * least_lines_), shape.out_h);
    plane_ = (panel_ + lines_below(shape)) * pixels_ * depth_.channels;
    most_bytes_ = planes_ * plane_;
  }
  for_each_tile(shape, depth_, [&](std::int64_t ky, std::int64_t kx, std::int64_t element) {
    const std::int64_t y = ky * shape.dilation_h;
    const std::int64_t pixel = y / shape.stride_h * pixels_ + kx * shape.dilation_w;
    offsets_.push_back(y % shape.stride_h * plane_ + pixel * depth_.channels + element);
  });
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
    const auto& addition = sum_->addition;
    const double code = std::abs(double{addition.lhs_step}) + std::abs(double{addition.rhs_step});
    if (!(255.0 * code + std::abs(double{addition.offset}) <= kFar)) return false;
  }
  const double most = static_cast<double>(shape_.depth()) * 2.0 * 255.0 * 128.0;
  for (std::size_t c = 0; c < scale_.size(); ++c) {
    if (!((most + std::abs(double{bias_[c]})) * std::abs(double{scale_[c]}) <= kFar)) return false;
  }
  return true;
}

std::size_t CodeTiles::scratch_bytes() const {
  const std::int64_t words = weights_->isa() == TileIsa::Avx2 ? 2 * blocks_of(most_bytes_, 64) : 0;
  return static_cast<std::size_t>((blocks_of(planes_ * plane_, 64) + words) * 64);
}

void CodeTiles::copy_lines(const std::uint8_t* image, std::int64_t out_y, std::int64_t count,
                           std::uint8_t* planes) const {
  const TileShape& s = shape_;
  const auto fill = [&](std::uint8_t* to, std::int64_t pixels) {
    if (pixels > 0) std::memset(to, zero_point_, static_cast<std::size_t>(pixels * depth_.channels));
  };
  // Pixel p of a line is at source p - pad_left.
  const std::int64_t first = std::clamp<std::int64_t>(s.pad_left, 0, pixels_);
  const std::int64_t last = std::clamp<std::int64_t>(s.in_w + s.pad_left, first, pixels_);
  for (std::int64_t plane = 0; plane < planes_; ++plane) {
    for (std::int64_t line = 0; line < count + lines_below(s); ++line) {
      std::uint8_t* to = planes + plane * plane_ + line * pixels_ * depth_.channels;
      const std::int64_t y = (out_y + line) * s.stride_h + plane - s.pad_top;
      if (y < 0 || y >= s.in_h || first == last) {
        fill(to, pixels_);
        continue;
      }
      fill(to, first);
      copy_pixels({image + (y * s.in_w + first - s.pad_left) * s.channels, last - first, s.channels},
                  to + first * depth_.channels, depth_.channels);
      fill(to + last * depth_.channels, pixels_ - last);
    }
  }
}

void CodeTiles::run(const std::uint8_t* src, std::uint8_t* dst, std::byte* scratch, Blocks blocks) const {
  weights_->isa() == TileIsa::Amx ? run_amx(src, dst, scratch, blocks) : run_avx2(src, dst, scratch, blocks);
}

void CodeTiles::run(const std::uint8_t* src, float* dst, std::byte* scratch, Blocks blocks) const {
  weights_->isa() == TileIsa::Amx ? run_amx(src, dst, scratch, blocks) : run_avx2(src, dst, scratch, blocks);
}

bool has_tiles(TileIsa isa) { return isa == TileIsa::Amx ? has_amx() : has_avx2(); }

}  // namespace quantrail::kernels
