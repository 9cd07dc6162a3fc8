#include "runtime/kernels_slices.h"

#include <algorithm>
#include <cassert>

#include "runtime/isa.h"
#include "runtime/kernels_code.h"

namespace quantrail::kernels {
namespace {

/// Shorter slices are not worth a loop each.
constexpr std::size_t kShortSlice = 64;

QUANTRAIL_CLONES void quantize_slice(const float* src, Coder coder, std::uint8_t flip, std::uint8_t* __restrict dst,
                                     std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) dst[i] = static_cast<std::uint8_t>(coder.code(src[i]) ^ flip);
}

QUANTRAIL_CLONES void dequantize_slice(const std::uint8_t* src, Decoder decoder, std::uint8_t flip,
                                       float* __restrict dst, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) dst[i] = decoder.real(static_cast<std::uint8_t>(src[i] ^ flip));
}

QUANTRAIL_CLONES void quantize_period(const float* src, const float* scales, const std::int32_t* zeros,
                                      std::uint8_t flip, std::uint8_t* __restrict dst, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    float steps = src[i] / scales[i];
    const float lowest = static_cast<float>(-zeros[i]);
    const float highest = static_cast<float>(255 - zeros[i]);
    steps = steps == steps ? steps : 0.0F;
    steps = steps > lowest ? steps : lowest;
    steps = steps < highest ? steps : highest;
    const auto code = std::bit_cast<std::uint32_t>(steps + kRounder) + static_cast<std::uint32_t>(zeros[i]);
    dst[i] = static_cast<std::uint8_t>(static_cast<std::uint8_t>(code) ^ flip);
  }
}

QUANTRAIL_CLONES void dequantize_period(const std::uint8_t* src, const float* scales, const std::int32_t* zeros,
                                        std::uint8_t flip, float* __restrict dst, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    dst[i] = scales[i] * static_cast<float>(static_cast<std::int32_t>(src[i] ^ flip) - zeros[i]);
}

}  // namespace

SlicedCodes::SlicedCodes(const std::vector<ActivationParams>& slices, std::int64_t inner, std::uint8_t flip)
    : slices_(slices), inner_(static_cast<std::size_t>(inner)), flip_(flip) {
  if (slices_.size() == 1 || inner_ >= kShortSlice) return;
  for (const auto& slice : slices_) {
    scales_.insert(scales_.end(), inner_, slice.scale);
    zeros_.insert(zeros_.end(), inner_, std::int32_t{slice.zero_point});
  }
}

void SlicedCodes::quantize(std::span<const float> src, std::span<std::uint8_t> dst) const {
  assert(src.size() == dst.size());
  if (slices_.size() == 1) return quantize_slice(src.data(), Coder(slices_[0]), flip_, dst.data(), src.size());
  const std::size_t period = slices_.size() * inner_;
  for (std::size_t first = 0; first < src.size(); first += period) {
    if (!scales_.empty()) {
      quantize_period(src.data() + first, scales_.data(), zeros_.data(), flip_, dst.data() + first, period);
      continue;
    }
    for (std::size_t slice = 0; slice < slices_.size(); ++slice) {
      const std::size_t at = first + slice * inner_;
      quantize_slice(src.data() + at, Coder(slices_[slice]), flip_, dst.data() + at, inner_);
    }
  }
}

void SlicedCodes::dequantize(std::span<const std::uint8_t> src, std::span<float> dst) const {
  assert(src.size() == dst.size());
  if (slices_.size() == 1) return dequantize_slice(src.data(), Decoder(slices_[0]), flip_, dst.data(), src.size());
  const std::size_t period = slices_.size() * inner_;
  for (std::size_t first = 0; first < src.size(); first += period) {
    if (!scales_.empty()) {
      dequantize_period(src.data() + first, scales_.data(), zeros_.data(), flip_, dst.data() + first, period);
      continue;
    }
    for (std::size_t slice = 0; slice < slices_.size(); ++slice) {
      const std::size_t at = first + slice * inner_;
      dequantize_slice(src.data() + at, Decoder(slices_[slice]), flip_, dst.data() + at, inner_);
    }
  }
}

}  // namespace quantrail::kernels
