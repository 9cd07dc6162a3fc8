#include <array>
#include <cmath>
#include <numbers>

#include "model/kernels.h"
#include "model/numbers.h"
#include "model/numeric_values.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

/// a0 - a1 cos(2 pi t) + a2 cos(4 pi t), where t goes from 0 to 1 over the window (periodic: not quite to 1).
Status cosine_window(const KernelCall& call, const std::array<double, 3>& a) {
  const auto size = element_count(call.output().shape);
  const bool periodic = call.view.integer("periodic", 1) != 0;
  const auto period = static_cast<double>(periodic ? size : size - 1);
  return for_number_type(call.output().type, [&](auto zero) -> Status {
    using T = decltype(zero);
    std::int64_t at = 0;
    for (auto& value : call.output().values<T>()) {
      const double turn = period > 0.0 ? 2.0 * std::numbers::pi * static_cast<double>(at++) / period : 0.0;
      const double sum = a[0] - a[1] * std::cos(turn) + a[2] * std::cos(2.0 * turn);
      value = saturated<T>(sum);
    }
    return {};
  });
}

Status hann(const KernelCall& call) { return cosine_window(call, {0.5, 0.5, 0.0}); }
Status hamming(const KernelCall& call) { return cosine_window(call, {25.0 / 46.0, 21.0 / 46.0, 0.0}); }
Status blackman(const KernelCall& call) { return cosine_window(call, {0.42, 0.5, 0.08}); }

double mel_of(double hertz) { return 2595.0 * std::log10(1.0 + hertz / 700.0); }
double hertz_of(double mel) { return 700.0 * (std::pow(10.0, mel / 2595.0) - 1.0); }

/// The spectrogram bins at which triangles start, peak and end: triangle k has edges k, k + 1 and k + 2.
class MelEdges {
 public:
  /// Errors: InvalidInput for frequencies that no signal of this rate has.
  static Result<MelEdges> of(const KernelCall& call) {
    const double rate = number_of(call.input(2));
    const double low = number_of(call.input(3));
    const double high = number_of(call.input(4));
    if (!(rate > 0.0 && low >= 0.0 && high >= low && high <= rate))
      return fail(Cause::InvalidInput, "edges at {} and {} Hz, sampled at {} Hz", low, high, rate);
    // The operator's definition counts the edges here, not the gaps between them.
    const auto count = static_cast<double>(call.output().shape[1] + 2);
    const double from = mel_of(low);
    return MelEdges(from, (mel_of(high) - from) / count, (number_of(call.input(1)) + 1.0) / rate);
  }
  [[nodiscard]] std::int64_t at(std::int64_t edge) const {
    const double hertz = hertz_of(static_cast<double>(edge) * step_ + from_);
    return static_cast<std::int64_t>(std::floor(bins_per_hertz_ * hertz));
  }

 private:
  MelEdges(double from, double step, double bins_per_hertz)
      : from_(from), step_(step), bins_per_hertz_(bins_per_hertz) {}
  double from_;
  double step_;
  double bins_per_hertz_;
};

/// Triangles over the bins of a spectrogram, evenly spaced on the mel scale: [bins, bands].
Status mel_weights(const KernelCall& call) {
  const auto edges = MelEdges::of(call);
  if (!edges) return failed(edges);
  const auto bins = call.output().shape[0];
  const auto bands = call.output().shape[1];
  return for_number_type(call.output().type, [&](auto zero) -> Status {
    using T = decltype(zero);
    auto out = call.output().values<T>();
    const auto put = [&](std::int64_t bin, std::int64_t band, double value) {
      if (bin >= 0 && bin < bins) out[static_cast<std::size_t>(bin * bands + band)] = saturated<T>(value);
    };
    for (std::int64_t band = 0; band < bands; ++band) {
      const auto low = edges->at(band);
      const auto peak = edges->at(band + 1);
      const auto high = edges->at(band + 2);
      if (low == peak) put(peak, band, 1.0);
      for (auto bin = low; low != peak && bin <= peak; ++bin)
        put(bin, band, static_cast<double>(bin - low) / static_cast<double>(peak - low));
      for (auto bin = peak; bin < high; ++bin)
        put(bin, band, static_cast<double>(high - bin) / static_cast<double>(high - peak));
    }
    return {};
  });
}

}  // namespace

void add_window_function_kernels(Kernels& kernels) {
  kernels["HannWindow"] = hann;
  kernels["HammingWindow"] = hamming;
  kernels["BlackmanWindow"] = blackman;
  kernels["MelWeightMatrix"] = mel_weights;
}

}  // namespace quantrail
