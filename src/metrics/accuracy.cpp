#include "metrics/accuracy.h"

#include <cmath>

#include "metrics/class_scores.h"
#include "metrics/output_values.h"

namespace quantrail {
namespace {

bool is_among_top(std::span<const double> scores, std::size_t label, std::int64_t top_k) {
  std::int64_t better = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (std::isnan(scores[i])) return false;
    if (scores[i] > scores[label] || (scores[i] == scores[label] && i < label)) ++better;
  }
  return better < top_k;
}

class Accuracy final : public Metric {
 public:
  explicit Accuracy(const MetricSpec& spec) : spec_(spec), name_(spec.name.empty() ? default_name(spec) : spec.name) {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] bool higher_is_better() const override { return true; }
  [[nodiscard]] MetricRange range() const override { return {0.0, 1.0}; }
  [[nodiscard]] std::optional<std::size_t> only_output() const override {
    return static_cast<std::size_t>(spec_.output);
  }
  [[nodiscard]] std::string identity() const override {
    const std::string threshold = spec_.threshold ? fmt::format(" threshold={}", *spec_.threshold) : "";
    return fmt::format("accuracy top_k={} output={}{}", spec_.top_k, spec_.output, threshold);
  }

  [[nodiscard]] Status accepts(std::span<const OutputView> outputs, const Truth& truth) const override {
    const auto classes = predicted_classes(outputs, spec_);
    if (!classes) return failed(classes);
    if (spec_.top_k > *classes) {
      return fail(Cause::InvalidInput, "top_k is {}, the network has only {} classes", spec_.top_k, *classes);
    }
    return label_fits(truth, *classes);
  }

  [[nodiscard]] SampleScore of_sample(std::span<const OutputView> outputs, const Truth& truth) const override {
    const OutputView& scores = outputs[static_cast<std::size_t>(spec_.output)];
    const std::int64_t label = truth.label.value();
    const bool right = spec_.threshold ? predicted_class(scores, spec_) == label
                                       : is_among_top(values_of(scores), static_cast<std::size_t>(label), spec_.top_k);
    return {.value = right ? 1.0 : 0.0};
  }

  [[nodiscard]] double aggregated(std::span<const SampleScore> scores) const override { return mean_value(scores); }

 private:
  MetricSpec spec_;
  std::string name_;
};

}  // namespace

std::unique_ptr<Metric> make_accuracy(const MetricSpec& spec) { return std::make_unique<Accuracy>(spec); }

}  // namespace quantrail
