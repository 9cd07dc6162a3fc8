#include "runtime/kernels_pool.h"

#include <algorithm>
#include <cassert>
#include <limits>

#include "runtime/isa.h"
#include "runtime/kernels_code.h"
#include "runtime/kernels_lanes.h"

namespace quantrail::kernels {
namespace {

constexpr std::int64_t kBlock = 64;  // channels pooled together

/// What one window covers along one axis.
struct Reach {
  std::int64_t first = 0;    ///< first source position
  std::int64_t count = 0;    ///< source positions, `dilation` apart
  std::int64_t counted = 0;  ///< positions that an average divides by
};

std::int64_t steps_below(std::int64_t limit, const PoolAxis& axis, std::int64_t start) {
  const std::int64_t room = limit - start;  // k * dilation < room
  return room <= 0 ? 0 : std::min(axis.kernel, (room + axis.dilation - 1) / axis.dilation);
}

Reach reach_of(const PoolAxis& axis, std::int64_t out, bool count_include_pad) {
  const std::int64_t start = out * axis.stride - axis.pad_begin;
  const std::int64_t skipped = steps_below(0, axis, start);
  const std::int64_t end = steps_below(axis.in, axis, start);
  Reach reach{start + skipped * axis.dilation, std::max<std::int64_t>(0, end - skipped), 0};
  reach.counted = count_include_pad ? steps_below(axis.in + axis.pad_end, axis, start) : reach.count;
  return reach;
}

/// One window: where its source positions are, as offsets in elements.
struct Window {
  std::array<Reach, 3> reach{};
  std::array<std::int64_t, 3> step{};  ///< from one window position to the next
  std::int64_t src = 0;                ///< first position
  std::int64_t dst = 0;
  [[nodiscard]] std::int64_t count() const { return reach[0].count * reach[1].count * reach[2].count; }
  [[nodiscard]] std::int64_t counted() const { return reach[0].counted * reach[1].counted * reach[2].counted; }
};

template <class F>
void for_each_window(const PoolShape& shape, bool count_include_pad, F visit) {
  const auto& axes = shape.axes;
  const std::int64_t row = axes[2].in * shape.channels;
  const std::array<std::int64_t, 3> size{axes[1].in * row, row, shape.channels};  // elements per source position
  Window window;
  for (std::size_t a = 0; a < 3; ++a) window.step[a] = axes[a].dilation * size[a];
  for (std::int64_t n = 0; n < shape.batch; ++n) {
    for (std::int64_t d = 0; d < axes[0].out; ++d) {
      window.reach[0] = reach_of(axes[0], d, count_include_pad);
      for (std::int64_t h = 0; h < axes[1].out; ++h) {
        window.reach[1] = reach_of(axes[1], h, count_include_pad);
        for (std::int64_t w = 0; w < axes[2].out; ++w, window.dst += shape.channels) {
          window.reach[2] = reach_of(axes[2], w, count_include_pad);
          window.src = n * axes[0].in * size[0];
          for (std::size_t a = 0; a < 3; ++a) window.src += window.reach[a].first * size[a];
          visit(window);
        }
      }
    }
  }
}

// `count` is a constant where this is inlined for whole blocks, so that the sums stay in registers.
template <class Sum, class T, class Fold>
QUANTRAIL_INLINE void fold_block(const T* src, const Window& window, std::int64_t count, Sum* sums, Fold fold) {
  for (std::int64_t d = 0; d < window.reach[0].count; ++d) {
    for (std::int64_t h = 0; h < window.reach[1].count; ++h) {
      const T* at = src + d * window.step[0] + h * window.step[1];
      for (std::int64_t w = 0; w < window.reach[2].count; ++w, at += window.step[2]) {
        for (std::int64_t c = 0; c < count; ++c) sums[c] = fold(sums[c], at[c]);
      }
    }
  }
}

template <class Sum, class T, class Fold, class Finish>
QUANTRAIL_INLINE void pool_window(const T* src, const Window& window, std::int64_t channels, T* __restrict dst,
                                  Sum start, Fold fold, Finish finish) {
  for (std::int64_t c = 0; c < channels; c += kBlock) {
    Sum sums[kBlock];
    for (Sum& sum : sums) sum = start;
    const T* at = src + window.src + c;
    T* to = dst + window.dst + c;
    if (channels - c >= kBlock) {
      fold_block(at, window, kBlock, sums, fold);
      for (std::int64_t i = 0; i < kBlock; ++i) to[i] = finish(sums[i]);
    } else {
      fold_block(at, window, channels - c, sums, fold);
      for (std::int64_t i = 0; i < channels - c; ++i) to[i] = finish(sums[i]);
    }
  }
}

QUANTRAIL_CLONES void max_window(const float* src, const Window& window, std::int64_t channels, float* dst) {
  pool_window(
      src, window, channels, dst, -std::numeric_limits<float>::infinity(),
      [](float top, float x) QUANTRAIL_INLINED { return larger(x, top); },
      [](float top) QUANTRAIL_INLINED { return top; });
}

QUANTRAIL_CLONES void max_window(const std::uint8_t* src, const Window& window, std::int64_t channels,
                                 std::uint8_t* dst) {
  pool_window(
      src, window, channels, dst, std::uint8_t{0},
      [](std::uint8_t top, std::uint8_t x) QUANTRAIL_INLINED { return x > top ? x : top; },
      [](std::uint8_t top) QUANTRAIL_INLINED { return top; });
}

QUANTRAIL_CLONES void mean_window(const float* src, const Window& window, std::int64_t channels, float* dst) {
  const auto counted = static_cast<float>(window.counted());
  pool_window(
      src, window, channels, dst, 0.0F, [](float sum, float x) QUANTRAIL_INLINED { return sum + x; },
      [=](float sum) QUANTRAIL_INLINED { return sum / counted; });
}

QUANTRAIL_CLONES void mean_window(const std::uint8_t* src, const Window& window, std::int64_t channels, float scale,
                                  std::int32_t zero, Coder coder, std::uint8_t* dst) {
  const auto counted = static_cast<float>(window.counted());
  pool_window(
      src, window, channels, dst, -zero, [](std::int32_t sum, std::uint8_t x) QUANTRAIL_INLINED { return sum + x; },
      [=](std::int32_t sum)
          QUANTRAIL_INLINED { return coder.code_of_number(scale * static_cast<float>(sum) / counted); });
}

/// The whole source as one window.
PoolShape global_shape(Channels shape) {
  PoolShape pool{shape.batch, shape.channels, {}};
  pool.axes[2].in = shape.spatial;
  pool.axes[2].kernel = shape.spatial;
  return pool;
}

}  // namespace

void max_pool(std::span<const float> src, const PoolShape& shape, std::span<float> dst) {
  for_each_window(shape, false,
                  [&](const Window& window) { max_window(src.data(), window, shape.channels, dst.data()); });
}

void max_pool(std::span<const std::uint8_t> src, const PoolShape& shape, std::span<std::uint8_t> dst) {
  for_each_window(shape, false,
                  [&](const Window& window) { max_window(src.data(), window, shape.channels, dst.data()); });
}

void average_pool(std::span<const float> src, const PoolShape& shape, bool count_include_pad, std::span<float> dst) {
  for_each_window(shape, count_include_pad,
                  [&](const Window& window) { mean_window(src.data(), window, shape.channels, dst.data()); });
}

void average_pool(std::span<const std::uint8_t> src, const PoolShape& shape, bool count_include_pad,
                  const CodeMeans& params, std::span<std::uint8_t> dst) {
  const Coder coder(params.to);
  for_each_window(shape, count_include_pad, [&](const Window& window) {
    const auto zero = static_cast<std::int32_t>(window.count()) * params.from.zero_point;
    mean_window(src.data(), window, shape.channels, params.from.scale, zero, coder, dst.data());
  });
}

void global_average_pool(std::span<const float> src, Channels shape, std::span<float> dst) {
  average_pool(src, global_shape(shape), false, dst);
}

void global_average_pool(std::span<const std::uint8_t> src, Channels shape, const CodeMeans& params,
                         std::span<std::uint8_t> dst) {
  average_pool(src, global_shape(shape), false, params, dst);
}

void global_max_pool(std::span<const float> src, Channels shape, std::span<float> dst) {
  max_pool(src, global_shape(shape), dst);
}

void global_max_pool(std::span<const std::uint8_t> src, Channels shape, std::span<std::uint8_t> dst) {
  max_pool(src, global_shape(shape), dst);
}

}  // namespace quantrail::kernels
