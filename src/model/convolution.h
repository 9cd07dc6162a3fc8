#pragma once

#include <algorithm>
#include <span>

#include "model/window.h"

namespace quantrail {

/// One convolution in plain loops, on sources [N, G*C, spatial...], weights [G*M, C, kernel...] and results
/// [N, G*M, spatial...]. Shared by Conv and its integer forms.
struct Convolution {
  std::int64_t batch = 1;
  std::int64_t groups = 1;
  std::int64_t from = 1;  ///< source channels per group (C)
  std::int64_t to = 1;    ///< result channels per group (M)
  Shape source{};         ///< spatial sizes
  Shape result{};
  Window window{};
};

/// Of a node whose shape rule has accepted these shapes. Errors: InvalidInput.
[[nodiscard]] Result<Convolution> convolution_of(const Node& node, const Shape& x, const Shape& w, const Shape& y);

/// A row of the source (elements along the last axis), and the row of one channel's weights that meets it.
struct RowPair {
  std::int64_t source = 0;  ///< offsets within one channel
  std::int64_t weights = 0;
};
/// Which rows meet in row `row` of the result, in order of the weights; what lies in the padding is left out.
[[nodiscard]] std::vector<RowPair> meeting_rows(const Convolution& convolution, std::int64_t row);

/// Positions [first, end) of a result row for which column `k` of the window lies inside the source; position o reads
/// source column o * stride + shift.
struct ColumnReach {
  std::int64_t first = 0;
  std::int64_t end = 0;
  std::int64_t shift = 0;
};
[[nodiscard]] std::vector<ColumnReach> column_reaches(const Convolution& convolution);

template <class Sum, class T>
void add_scaled_row(Sum* sums, const T* x, Sum weight, const ColumnReach& reach, std::int64_t stride) {
  if (stride == 1) {
    for (auto o = reach.first; o < reach.end; ++o) sums[o] += static_cast<Sum>(x[o + reach.shift]) * weight;
  } else {
    for (auto o = reach.first; o < reach.end; ++o) sums[o] += static_cast<Sum>(x[o * stride + reach.shift]) * weight;
  }
}

/// Calls finish(offset, channel, sum) for each result, where offset counts in the whole result. Sums start at zero and
/// run over channels, then over the window in row-major order; an unsigned Sum wraps around.
template <class Sum, class T, class Finish>
void convolve(const Convolution& c, std::span<const T> x, std::span<const T> w, Finish&& finish) {
  const auto width = c.result.back();
  const auto rows = width == 0 ? 0 : element_count(c.result) / width;
  const auto source_area = element_count(c.source);
  const auto kernel_area = element_count(c.window.kernel);
  const auto stride = c.window.strides.back();
  const auto reaches = column_reaches(c);
  std::vector<Sum> sums(static_cast<std::size_t>(width));
  const auto add_row = [&](const T* source, const T* weights) {
    for (std::size_t k = 0; k < reaches.size(); ++k)
      add_scaled_row(sums.data(), source, static_cast<Sum>(weights[k]), reaches[k], stride);
  };
  const auto add_channels = [&](const T* source, const T* weights, std::span<const RowPair> pairs) {
    std::fill(sums.begin(), sums.end(), Sum{0});
    for (std::int64_t channel = 0; channel < c.from; ++channel, source += source_area, weights += kernel_area)
      for (const auto& pair : pairs) add_row(source + pair.source, weights + pair.weights);
  };
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto pairs = meeting_rows(c, row);
    for (std::int64_t plane = 0; plane < c.batch * c.groups * c.to; ++plane) {
      const auto group = plane / c.to;  // counted through the batch
      const auto channel = plane % (c.groups * c.to);
      add_channels(x.data() + group * c.from * source_area, w.data() + channel * c.from * kernel_area, pairs);
      for (std::int64_t o = 0; o < width; ++o)
        finish((plane * rows + row) * width + o, channel, sums[static_cast<std::size_t>(o)]);
    }
  }
}

}  // namespace quantrail
