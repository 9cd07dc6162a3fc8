#include "metrics/prediction.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

#include "metrics/class_scores.h"
#include "metrics/output_values.h"

namespace quantrail {
namespace {

/// Raised when the same scores give other predictions than before.
constexpr int kRevision = 1;
constexpr double kNothing = -1.0;
constexpr double kSumTolerance = 0.01;  // sums of a thousand float16 come this near to 1

constexpr const char* kClass = "predicted class";
constexpr const char* kSoftmax = "confidence by softmax";
constexpr const char* kProbability = "confidence as given";

/// Nothing where the scores do not say.
std::optional<std::size_t> predicted_class(std::span<const double> scores) {
  if (std::any_of(scores.begin(), scores.end(), [](double score) { return std::isnan(score); })) return std::nullopt;
  const auto best = std::max_element(scores.begin(), scores.end());
  if (best == scores.end() || std::isinf(*best)) return std::nullopt;
  return static_cast<std::size_t>(best - scores.begin());
}

double softmax(std::span<const double> scores, std::size_t at) {
  double sum = 0.0;
  for (const double score : scores) sum += std::exp(score - scores[at]);
  return 1.0 / sum;
}

double probability(std::span<const double> scores, std::size_t at) {
  double sum = 0.0;
  for (const double score : scores) {
    if (score < 0.0) return kNothing;
    sum += score;
  }
  return std::abs(sum - 1.0) <= kSumTolerance ? std::min(scores[at], 1.0) : kNothing;
}

enum class Part { Class, Softmax, Probability };

class Prediction final : public Metric {
 public:
  Prediction(std::string name, Part part, std::int64_t output)
      : name_(std::move(name)), part_(part), output_(static_cast<std::size_t>(output)) {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] bool higher_is_better() const override { return true; }
  [[nodiscard]] std::optional<std::size_t> only_output() const override { return output_; }
  [[nodiscard]] std::string identity() const override {
    return fmt::format("{} revision={} output={}", name_, kRevision, output_);
  }

  [[nodiscard]] Status accepts(std::span<const OutputView> outputs, const Truth&) const override {
    const auto classes = class_count(outputs, output_);
    if (!classes) return failed(classes);
    if (*classes > 1) return {};
    return fail(Cause::InvalidInput, "output {} has a single score per sample: a class is predicted of two or more",
                output_);
  }

  [[nodiscard]] SampleScore of_sample(std::span<const OutputView> outputs, const Truth&) const override {
    const auto scores = values_of(outputs[output_]);
    const auto predicted = predicted_class(scores);
    if (!predicted) return {.value = kNothing};
    switch (part_) {
      case Part::Class: return {.value = static_cast<double>(*predicted)};
      case Part::Softmax: return {.value = softmax(scores, *predicted)};
      case Part::Probability: return {.value = probability(scores, *predicted)};
    }
    return {.value = kNothing};
  }

  /// The share of samples that have such a value.
  [[nodiscard]] double aggregated(std::span<const SampleScore> scores) const override {
    const auto known =
        std::count_if(scores.begin(), scores.end(), [](const auto& score) { return score.value >= 0.0; });
    return static_cast<double>(known) / static_cast<double>(scores.size());
  }

 private:
  std::string name_;
  Part part_;
  std::size_t output_;
};

}  // namespace

std::vector<std::shared_ptr<const Metric>> prediction_metrics(std::int64_t output) {
  return {std::make_shared<Prediction>(kClass, Part::Class, output),
          std::make_shared<Prediction>(kSoftmax, Part::Softmax, output),
          std::make_shared<Prediction>(kProbability, Part::Probability, output)};
}

ConfidentSamples confident_samples(const std::map<std::string, std::vector<double>>& per_sample, double threshold) {
  const auto& classes = per_sample.at(kClass);
  const auto& given = per_sample.at(kProbability);
  ConfidentSamples found;
  found.probabilities = true;
  for (std::size_t at = 0; at < classes.size(); ++at) {
    if (classes[at] < 0.0)
      ++found.unpredicted;
    else if (given[at] < 0.0)
      found.probabilities = false;
  }
  const auto& confidence = found.probabilities ? given : per_sample.at(kSoftmax);
  for (std::size_t at = 0; at < classes.size(); ++at) {
    if (classes[at] < 0.0) continue;
    found.highest = std::max(found.highest, confidence[at]);
    if (confidence[at] < threshold) continue;
    found.samples.push_back(at);
    found.classes.push_back(static_cast<std::int64_t>(classes[at]));
  }
  return found;
}

}  // namespace quantrail
