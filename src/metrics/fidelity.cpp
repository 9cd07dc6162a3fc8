#include "metrics/fidelity.h"

#include <algorithm>
#include <cmath>

#include "metrics/output_values.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

constexpr double kWorstNmse = 1e15;

struct Products {
  double found = 0.0;   ///< squares
  double float_ = 0.0;  ///< likewise
  double both = 0.0;
  double apart = 0.0;  ///< squares of differences
};

Products products(std::span<const double> found, std::span<const double> wanted) {
  Products sums;
  for (std::size_t at = 0; at < wanted.size(); ++at) {
    const double y = at < found.size() ? found[at] : std::nan("");
    sums.found += y * y;
    sums.float_ += wanted[at] * wanted[at];
    sums.both += y * wanted[at];
    sums.apart += (y - wanted[at]) * (y - wanted[at]);
  }
  if (found.size() != wanted.size()) sums.found = sums.apart = std::nan("");
  return sums;
}

double cosine(const Products& sums) {
  const double norm = std::sqrt(sums.found) * std::sqrt(sums.float_);
  if (!std::isfinite(norm)) return -1.0;
  if (norm == 0.0) return sums.found == sums.float_ ? 1.0 : 0.0;
  return sums.apart == 0.0 ? 1.0 : std::clamp(sums.both / norm, -1.0, 1.0);
}

double nmse(const Products& sums) {
  if (sums.apart == 0.0) return 0.0;
  const double error = sums.float_ > 0.0 ? sums.apart / sums.float_ : 1.0;
  return error < kWorstNmse ? error : kWorstNmse;  // so is NaN
}

/// The share of places with the same integer: classes themselves, not scores of them.
double equal_places(const std::vector<double>& found, const std::vector<float>& wanted) {
  if (found.size() != wanted.size()) return 0.0;  // a shape that depends on data
  std::size_t same = 0;
  for (std::size_t at = 0; at < wanted.size(); ++at) same += static_cast<float>(found[at]) == wanted[at] ? 1U : 0U;
  return wanted.empty() ? 1.0 : static_cast<double>(same) / static_cast<double>(wanted.size());
}

class Fidelity final : public Metric {
 public:
  explicit Fidelity(const MetricSpec& spec) : spec_(spec), name_(spec.name.empty() ? default_name(spec) : spec.name) {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] bool higher_is_better() const override { return spec_.type != "nmse"; }
  [[nodiscard]] Judge judge() const override { return Judge::FloatModel; }
  [[nodiscard]] std::size_t compared_output() const override { return static_cast<std::size_t>(spec_.output); }
  [[nodiscard]] MetricRange range() const override {
    if (spec_.type == "nmse") return {.least = 0.0};
    return {spec_.type == "cosine" ? -1.0 : 0.0, 1.0};
  }
  [[nodiscard]] std::optional<std::size_t> only_output() const override {
    return static_cast<std::size_t>(spec_.output);
  }
  [[nodiscard]] std::string identity() const override {
    const bool classes = spec_.type == "agreement";
    return fmt::format("{} with float revision={} output={}{}", spec_.type, classes ? kAgreementRevision : kRevision,
                       spec_.output, classes ? fmt::format(" class_axis={}", spec_.class_axis) : "");
  }

  [[nodiscard]] Status accepts(std::span<const OutputView> outputs, const Truth&) const override {
    if (auto ok = has_numbers(outputs, spec_.output); !ok) return ok;
    if (spec_.type != "agreement") return {};
    const auto& view = outputs[static_cast<std::size_t>(spec_.output)];
    if (!is_float(view.type)) return {};
    const auto axis = class_axis_of(outputs, spec_.output, spec_.class_axis);
    if (!axis) return failed(axis);
    if (view.shape[*axis] != 1) return {};
    return fail(Cause::InvalidInput,
                "output {} has shape {} per sample, whose axis {} has one class: class_axis says which counts them",
                spec_.output, shape_of(view), spec_.class_axis);
  }

  [[nodiscard]] SampleScore of_sample(std::span<const OutputView> outputs, const Truth& truth) const override {
    const auto& view = outputs[static_cast<std::size_t>(spec_.output)];
    const auto found = values_of(view);
    const std::vector<double> wanted(truth.reference->begin(), truth.reference->end());
    if (spec_.type == "agreement" && !is_float(view.type)) return {.value = equal_places(found, *truth.reference)};
    if (spec_.type == "agreement") return {.value = agreement(found, wanted, view.shape)};
    const auto sums = products(found, wanted);
    return {.value = spec_.type == "cosine" ? cosine(sums) : nmse(sums)};
  }

  [[nodiscard]] double aggregated(std::span<const SampleScore> scores) const override { return mean_value(scores); }

 private:
  /// Raised when the same outputs give other values than before.
  static constexpr int kRevision = 1;
  static constexpr int kAgreementRevision = 2;

  [[nodiscard]] double agreement(const std::vector<double>& found, const std::vector<double>& wanted,
                                 const Shape& shape) const {
    const auto axis = normal_axis(spec_.class_axis, shape.size());
    if (!axis || found.size() != wanted.size()) return 0.0;  // a shape that depends on data
    const auto ours = highest_along(found, shape, *axis);
    const auto theirs = highest_along(wanted, shape, *axis);
    std::size_t same = 0;
    for (std::size_t at = 0; at < ours.size(); ++at) same += ours[at] >= 0 && ours[at] == theirs[at] ? 1U : 0U;
    return ours.empty() ? 1.0 : static_cast<double>(same) / static_cast<double>(ours.size());
  }

  MetricSpec spec_;
  std::string name_;
};

}  // namespace

std::unique_ptr<Metric> make_fidelity(const MetricSpec& spec) { return std::make_unique<Fidelity>(spec); }

}  // namespace quantrail
