#include "model/convolution.h"
#include "model/kernels.h"
#include "model/numbers.h"

namespace quantrail {
namespace {

// Floats are accumulated in double.

Status conv(const KernelCall& call) {
  const auto plan = convolution_of(call.view.node(), call.input(0).shape, call.input(1).shape, call.output().shape);
  if (!plan) return failed(plan);
  return for_float_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const T* bias = call.has(2) ? call.input(2).values<T>().data() : nullptr;
    T* y = call.output().values<T>().data();
    convolve<double>(*plan, call.input(0).values<T>(), call.input(1).values<T>(),
                     [&](std::int64_t at, std::int64_t channel, double sum) {
                       y[at] = static_cast<T>(sum + (bias != nullptr ? static_cast<double>(bias[channel]) : 0.0));
                     });
    return {};
  });
}

/// A convolution read backwards: what would be its result is the source, and the other way round.
struct Transposed {
  Convolution backwards{};
  std::vector<std::vector<RowPair>> rows{};  ///< of each source row: where it is added in a target channel
  std::vector<ColumnReach> reaches{};
};

Transposed transposed_of(const Shape& x, const Shape& w, const Shape& y, std::int64_t groups, Window window) {
  Transposed t;
  t.backwards = {x[0], groups, w[1], w[0] / groups, {y.begin() + 2, y.end()}, {x.begin() + 2, x.end()}, window};
  const auto width = x.back();
  const auto rows = width == 0 ? 0 : element_count(t.backwards.result) / width;
  for (std::int64_t row = 0; row < rows; ++row) t.rows.push_back(meeting_rows(t.backwards, row));
  t.reaches = column_reaches(t.backwards);
  return t;
}

/// Adds one source channel to one target channel of sums.
template <class T>
void scatter(const Transposed& t, const T* x, const T* w, double* sums) {
  const auto width = t.backwards.result.back();
  const auto stride = t.backwards.window.strides.back();
  for (const auto& pairs : t.rows) {
    for (const auto& pair : pairs) {
      for (std::size_t k = 0; k < t.reaches.size(); ++k) {
        const auto& reach = t.reaches[k];
        const auto weight = static_cast<double>(w[pair.weights + static_cast<std::int64_t>(k)]);
        double* target = sums + pair.source;
        for (auto i = reach.first; i < reach.end; ++i)
          target[i * stride + reach.shift] += static_cast<double>(x[i]) * weight;
      }
    }
    x += width;
  }
}

template <class T>
void transposed_conv(const Transposed& t, const KernelCall& call) {
  const auto& c = t.backwards;
  const T* bias = call.has(2) ? call.input(2).values<T>().data() : nullptr;
  const T* x = call.input(0).values<T>().data();
  const T* w = call.input(1).values<T>().data();
  T* y = call.output().values<T>().data();
  const auto source_area = element_count(c.result);
  const auto target_area = element_count(c.source);
  const auto kernel_area = element_count(c.window.kernel);
  std::vector<double> sums(static_cast<std::size_t>(target_area));
  for (std::int64_t plane = 0; plane < c.batch * c.groups * c.from; ++plane) {
    const auto channel = plane % (c.groups * c.from);
    std::fill(sums.begin(), sums.end(), bias != nullptr ? static_cast<double>(bias[channel]) : 0.0);
    for (std::int64_t in = 0; in < c.to; ++in) {
      const auto source = plane / c.from * c.to + in;
      const auto weights = (channel / c.from * c.to + in) * c.from + channel % c.from;
      scatter(t, x + source * source_area, w + weights * kernel_area, sums.data());
    }
    for (const double sum : sums) *y++ = static_cast<T>(sum);
  }
}

Status conv_transpose(const KernelCall& call) {
  const Shape& x = call.input(0).shape;
  const Shape& w = call.input(1).shape;
  const auto window = transposed_window_of(call.view.node(), {x.begin() + 2, x.end()}, {w.begin() + 2, w.end()});
  if (!window) return failed(window);
  const auto plan = transposed_of(x, w, call.output().shape, call.view.integer("group", 1), *window);
  return for_float_type(call.input(0).type, [&](auto zero) -> Status {
    transposed_conv<decltype(zero)>(plan, call);
    return {};
  });
}

}  // namespace

void add_convolution_kernels(Kernels& kernels) {
  kernels["Conv"] = conv;
  kernels["ConvTranspose"] = conv_transpose;
}

}  // namespace quantrail
