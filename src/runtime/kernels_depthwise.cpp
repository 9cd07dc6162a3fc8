#include "runtime/kernels_depthwise.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "runtime/kernels_code.h"
#include "runtime/kernels_depthwise_walk.h"

namespace quantrail::kernels {
namespace {

/// The channel that the Vnni path's lane `lane` of a block holds: the order that unpacking bytes twice gives.
std::int64_t unpacked_channel(std::int64_t lane) {
  const std::int64_t quarter = lane / 16;
  return lane % 16 / 4 * 16 + quarter * 4 + lane % 4;
}

}  // namespace

bool depthwise_pays(const DepthwiseShape& shape) {
  const bool rows = shape.kernel_w == 3 && shape.kernel_h <= 3 && shape.stride_w <= 2 && shape.dilation_w == 1;
  const std::int64_t enough = shape.stride_w == 1 ? 128 : 192;
  return best_depthwise_path() == DepthwisePath::Vnni && rows && shape.channels >= enough;
}

bool DepthwiseCodes::by_rows() const {
  return path_ == DepthwisePath::Vnni && shape_.stride_w <= 2 && shape_.dilation_w == 1 && shape_.kernel_w <= 3 &&
         kDepthwisePixels * shape_.kernel_h <= kMaxTaps;
}

std::int64_t DepthwiseCodes::channel_of(std::int64_t lane) const {
  if (path_ == DepthwisePath::Plain) return lane;
  const std::int64_t block = lane / kDepthwiseBlock * kDepthwiseBlock;
  const std::int64_t channel = unpacked_channel(lane % kDepthwiseBlock);
  return block + (by_rows() && block == half_block_at(shape_) ? channel % (kDepthwiseBlock / 2) : channel);
}

DepthwiseCodes::DepthwiseCodes(const DepthwiseShape& shape, std::span<const std::int8_t> weights,
                               const DepthwiseRule& rule, DepthwisePath path)
    : shape_(shape),
      path_(path),
      blocks_((shape.channels + kDepthwiseBlock - 1) / kDepthwiseBlock),
      result_zero_point_(rule.result_zero_point),
      lo_(rule.lo),
      hi_(rule.hi),
      outside_(static_cast<std::size_t>(shape.channels), rule.zero_point) {
  const std::int64_t taps = shape.kernel_h * shape.kernel_w;
  assert(taps <= kMaxTaps && static_cast<std::int64_t>(weights.size()) == shape.channels * taps);
  const auto lanes = static_cast<std::size_t>(blocks_ * kDepthwiseBlock);
  start_.assign(lanes, 0);
  scale_.assign(lanes, 0.0F);
  bias_.assign(lanes, 0.0F);
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const std::int64_t channel = channel_of(static_cast<std::int64_t>(lane));
    if (channel >= shape.channels) continue;
    const auto c = static_cast<std::size_t>(channel);
    for (std::int64_t t = 0; t < taps; ++t) {
      start_[lane] -= rule.zero_point * weights[static_cast<std::size_t>(channel * taps + t)];
    }
    scale_[lane] = rule.scale[c];
    bias_[lane] = rule.bias.empty() ? 0.0F : rule.bias[c];
  }
  if (path == DepthwisePath::Plain) {
    pack_plain(weights);
  } else {
    pack_vnni(weights);
  }
}

void DepthwiseCodes::pack_plain(std::span<const std::int8_t> weights) {
  const std::int64_t taps = shape_.kernel_h * shape_.kernel_w;
  plain_weights_.assign(static_cast<std::size_t>(blocks_ * taps * kDepthwiseBlock), 0);
  for (std::int64_t c = 0; c < shape_.channels; ++c) {
    for (std::int64_t t = 0; t < taps; ++t) {
      const std::int64_t to = (c / kDepthwiseBlock * taps + t) * kDepthwiseBlock + c % kDepthwiseBlock;
      plain_weights_[static_cast<std::size_t>(to)] = weights[static_cast<std::size_t>(c * taps + t)];
    }
  }
}

void DepthwiseCodes::pack_vnni(std::span<const std::int8_t> weights) {
  const std::int64_t taps = shape_.kernel_h * shape_.kernel_w;
  const bool rows = by_rows();
  const std::int64_t outputs = rows && shape_.stride_w == 1 ? 2 : 1;
  const std::int64_t groups = rows ? shape_.kernel_h : (taps + 3) / 4;
  vnni_weights_.assign(static_cast<std::size_t>(blocks_ * groups * outputs * 4 * kDepthwiseBlock), 0);
  // The weight that pixel `k` of group `g` has for the given output; 0 where the kernel does not reach.
  const auto weight = [&](std::int64_t c, std::int64_t g, std::int64_t output, std::int64_t k) -> std::int8_t {
    const std::int64_t column = k - output;
    if (rows && (column < 0 || column >= shape_.kernel_w)) return 0;
    const std::int64_t tap = rows ? g * shape_.kernel_w + column : 4 * g + k;
    return c < shape_.channels && tap < taps ? weights[static_cast<std::size_t>(c * taps + tap)] : std::int8_t{0};
  };
  std::size_t to = 0;
  for (std::int64_t line = 0; line < blocks_ * groups * 4 * outputs; ++line) {
    const std::int64_t output = line % outputs;
    const std::int64_t quarter = line / outputs % 4;
    const std::int64_t group = line / outputs / 4 % groups;
    const std::int64_t block = line / outputs / 4 / groups;
    for (std::int64_t byte = 0; byte < kDepthwiseBlock; ++byte) {
      const std::int64_t lane = block * kDepthwiseBlock + quarter * 16 + byte / 4;
      vnni_weights_[to++] = weight(channel_of(lane), group, output, byte % 4);
    }
  }
}

template <class T>
void DepthwiseCodes::run_any(const std::uint8_t* src, T* dst, Rows rows) const {
  const DepthwiseView view{
      &shape_, by_rows(), start_.data(),         scale_.data(),        bias_.data(),    result_zero_point_,
      lo_,     hi_,       plain_weights_.data(), vnni_weights_.data(), outside_.data(), rows};
  if (path_ == DepthwisePath::Vnni) {
    depthwise_vnni(view, src, dst);
  } else {
    depthwise_plain(view, src, dst);
  }
}

void DepthwiseCodes::run(std::span<const std::uint8_t> src, std::span<std::uint8_t> dst, Rows rows) const {
  assert(static_cast<std::int64_t>(src.size()) == shape_.batch * shape_.in_h * shape_.in_w * shape_.channels);
  assert(static_cast<std::int64_t>(dst.size()) == shape_.batch * shape_.out_h * shape_.out_w * shape_.channels);
  run_any(src.data(), dst.data(), rows);
}

void DepthwiseCodes::run(std::span<const std::uint8_t> src, std::span<float> dst, Rows rows) const {
  assert(static_cast<std::int64_t>(src.size()) == shape_.batch * shape_.in_h * shape_.in_w * shape_.channels);
  assert(static_cast<std::int64_t>(dst.size()) == shape_.batch * shape_.out_h * shape_.out_w * shape_.channels);
  run_any(src.data(), dst.data(), rows);
}

}  // namespace quantrail::kernels
