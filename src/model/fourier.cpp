#include "model/fourier.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "model/shape_math.h"

namespace quantrail {
namespace {

constexpr std::int64_t kLongest = std::int64_t{1} << 24U;

/// The value of a single-number input; nothing when it is left out.
Result<std::optional<std::int64_t>> number(const NodeView& view, std::size_t input, std::string_view what) {
  if (!view.has(input)) return std::optional<std::int64_t>();
  const auto values = view.integers(input, what);
  if (!values) return failed(values);
  if (values->size() != 1) return fail(Cause::InvalidInput, "{} (input {}) must be one number", what, input);
  return std::optional(values->front());
}

std::int64_t bins_of(std::int64_t length, bool one_sided) { return one_sided ? length / 2 + 1 : length; }

}  // namespace

FourierTransform::FourierTransform(std::size_t length, bool inverse) : turns_(length) {
  const double full = (inverse ? 2.0 : -2.0) * std::numbers::pi;
  for (std::size_t at = 0; at < length; ++at)
    turns_[at] = std::polar(1.0, full * static_cast<double>(at) / static_cast<double>(length));
  if (inverse) scale_ = 1.0 / static_cast<double>(length);
}

void FourierTransform::run(std::span<const std::complex<double>> samples, std::span<std::complex<double>> bins) const {
  const std::size_t length = turns_.size();
  const std::size_t count = std::min(length, samples.size());
  for (std::size_t bin = 0; bin < bins.size(); ++bin) {
    double real = 0.0;
    double imaginary = 0.0;
    std::size_t turn = 0;
    for (std::size_t at = 0; at < count; ++at) {
      const auto& x = samples[at];
      const auto& w = turns_[turn];
      real += x.real() * w.real() - x.imag() * w.imag();
      imaginary += x.real() * w.imag() + x.imag() * w.real();
      turn += bin;
      if (turn >= length) turn -= length;
    }
    bins[bin] = {real * scale_, imaginary * scale_};
  }
}

Result<FourierPlan> fourier_plan(const NodeView& view) {
  const auto rank = static_cast<std::int64_t>(view.rank(0));
  if (rank < 2 || view.shape(0).back() < 1 || view.shape(0).back() > 2)
    return fail(Cause::InvalidInput, "needs real or complex numbers on the last axis, not shape {}",
                shape_text(view.shape(0)));
  const bool axis_is_input = view.opset() >= 20;
  const auto given =
      axis_is_input ? number(view, 2, "its axis") : Result<std::optional<std::int64_t>>(view.integer("axis", 1));
  if (!given) return failed(given);
  const auto axis = normal_axis(given->value_or(-2), view.rank(0));
  if (!axis) return failed(axis);
  if (*axis + 1 == view.rank(0)) return fail(Cause::InvalidInput, "its axis is the one of the complex numbers");
  const auto length = number(view, 1, "its length");
  if (!length) return failed(length);
  FourierPlan plan{*axis, length->value_or(view.shape(0)[*axis]), 0, view.integer("inverse", 0) != 0};
  const bool one_sided = view.integer("onesided", 0) != 0;
  if (plan.length < 1 || plan.length > kLongest)
    return fail(Cause::InvalidInput, "a transform of length {}, 1 to {} are possible", plan.length, kLongest);
  if (one_sided && (plan.inverse || view.shape(0).back() == 2))
    return fail(Cause::Unsupported, "one-sided transforms are of real numbers, and not inverse");
  plan.bins = bins_of(plan.length, one_sided);
  return plan;
}

Result<FramePlan> frame_plan(const NodeView& view) {
  const auto step = number(view, 1, "its frame step");
  if (!step) return failed(step);
  const auto length = number(view, 3, "its frame length");
  if (!length) return failed(length);
  const Shape& signal = view.shape(0);
  if (signal.size() < 2 || signal.size() > 3 || (signal.size() == 3 && (signal[2] < 1 || signal[2] > 2)))
    return fail(Cause::InvalidInput, "a signal of shape {}", shape_text(signal));
  FramePlan plan{step->value_or(0), length->value_or(signal[1]), 0, 0};
  if (view.has(2)) {
    if (view.rank(2) != 1 || (length->has_value() && view.shape(2)[0] != plan.length))
      return fail(Cause::InvalidInput, "a window of shape {} for frames of {}", shape_text(view.shape(2)), plan.length);
    plan.length = view.shape(2)[0];
  }
  if (plan.step < 1 || plan.length < 1 || plan.length > signal[1])
    return fail(Cause::InvalidInput, "frames of {} every {} of a signal of {}", plan.length, plan.step, signal[1]);
  plan.frames = (signal[1] - plan.length) / plan.step + 1;
  plan.bins = bins_of(plan.length, view.integer("onesided", 1) != 0);
  return plan;
}

}  // namespace quantrail
