#include "model/fourier.h"
#include "model/kernels.h"
#include "model/numbers.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

using Complex = std::complex<double>;

/// A value of one (real) or two (complex) parts at `at`.
template <class T>
Complex read(const T* at, std::int64_t parts) {
  return {static_cast<double>(at[0]), parts == 2 ? static_cast<double>(at[1]) : 0.0};
}

template <class T>
void write(std::span<const Complex> values, T* to, std::int64_t step) {
  for (const auto& value : values) {
    to[0] = static_cast<T>(value.real());
    to[1] = static_cast<T>(value.imag());
    to += step;
  }
}

Status fourier(const KernelCall& call) {
  const auto plan = fourier_plan(call.view);
  if (!plan) return failed(plan);
  const Shape& shape = call.input(0).shape;
  const auto split = shape.begin() + static_cast<std::ptrdiff_t>(plan->axis);
  const auto outer = element_count({shape.begin(), split});
  const auto inner = element_count({split + 1, shape.end() - 1});
  const auto parts = shape.back();
  const FourierTransform transform(static_cast<std::size_t>(plan->length), plan->inverse);
  std::vector<Complex> samples(static_cast<std::size_t>(*split));
  std::vector<Complex> bins(static_cast<std::size_t>(plan->bins));
  return for_float_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const T* x = call.input(0).values<T>().data();
    T* y = call.output().values<T>().data();
    for (std::int64_t line = 0; line < outer * inner; ++line) {
      const auto row = line / inner;
      const auto column = line % inner;
      for (std::int64_t at = 0; at < *split; ++at)
        samples[static_cast<std::size_t>(at)] = read(x + ((row * *split + at) * inner + column) * parts, parts);
      transform.run(samples, bins);
      write<T>(bins, y + (row * plan->bins * inner + column) * 2, inner * 2);
    }
    return {};
  });
}

/// Fourier transforms of overlapping frames, each multiplied by the window.
Status short_time_fourier(const KernelCall& call) {
  const auto plan = frame_plan(call.view);
  if (!plan) return failed(plan);
  const Shape& shape = call.input(0).shape;
  const auto parts = shape.size() == 3 ? shape[2] : 1;
  const FourierTransform transform(static_cast<std::size_t>(plan->length), false);
  std::vector<Complex> frame(static_cast<std::size_t>(plan->length));
  std::vector<Complex> bins(static_cast<std::size_t>(plan->bins));
  return for_float_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const T* window = call.has(2) ? call.input(2).values<T>().data() : nullptr;
    T* y = call.output().values<T>().data();
    for (std::int64_t at = 0; at < shape[0] * plan->frames; ++at) {
      const auto first = at / plan->frames * shape[1] + at % plan->frames * plan->step;
      const T* x = call.input(0).values<T>().data() + first * parts;
      for (std::size_t k = 0; k < frame.size(); ++k, x += parts)
        frame[k] = read(x, parts) * (window != nullptr ? static_cast<double>(window[k]) : 1.0);
      transform.run(frame, bins);
      write<T>(bins, y + at * plan->bins * 2, 2);
    }
    return {};
  });
}

}  // namespace

void add_signal_kernels(Kernels& kernels) {
  kernels["DFT"] = fourier;
  kernels["STFT"] = short_time_fourier;
}

}  // namespace quantrail
