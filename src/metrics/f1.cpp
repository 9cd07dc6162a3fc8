#include "metrics/f1.h"

#include <map>

#include "metrics/class_scores.h"

namespace quantrail {
namespace {

struct Counts {
  double right = 0.0;  ///< true positives
  double wrong = 0.0;  ///< false positives and false negatives
};

double f1(const Counts& counts) {
  const double all = 2.0 * counts.right + counts.wrong;
  return all > 0.0 ? 2.0 * counts.right / all : 0.0;
}

class F1 final : public Metric {
 public:
  explicit F1(const MetricSpec& spec) : spec_(spec), name_(spec.name.empty() ? default_name(spec) : spec.name) {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] bool higher_is_better() const override { return true; }
  [[nodiscard]] MetricRange range() const override { return {0.0, 1.0}; }
  [[nodiscard]] std::optional<std::size_t> only_output() const override {
    return static_cast<std::size_t>(spec_.output);
  }
  [[nodiscard]] std::string identity() const override {
    return fmt::format("f1 revision={} output={} positive={} threshold={}", kRevision, spec_.output,
                       spec_.positive ? std::to_string(*spec_.positive) : "all",
                       spec_.threshold ? fmt::format("{}", *spec_.threshold) : "none");
  }

  [[nodiscard]] Status accepts(std::span<const OutputView> outputs, const Truth& truth) const override {
    const auto classes = predicted_classes(outputs, spec_);
    if (!classes) return failed(classes);
    if (spec_.positive && *spec_.positive >= *classes)
      return fail(Cause::InvalidInput, "positive is {}, the network's classes are 0 to {}", *spec_.positive,
                  *classes - 1);
    return label_fits(truth, *classes);
  }

  [[nodiscard]] SampleScore of_sample(std::span<const OutputView> outputs, const Truth& truth) const override {
    const auto found = predicted_class(outputs[static_cast<std::size_t>(spec_.output)], spec_);
    const auto label = truth.label.value();
    return {.value = found == label ? 1.0 : 0.0, .state = {static_cast<double>(found), static_cast<double>(label)}};
  }

  [[nodiscard]] double aggregated(std::span<const SampleScore> scores) const override {
    std::map<std::int64_t, Counts> classes;
    for (const auto& score : scores) {
      const auto found = static_cast<std::int64_t>(score.state.at(0));
      const auto label = static_cast<std::int64_t>(score.state.at(1));
      if (found == label) {
        classes[label].right += 1.0;
        continue;
      }
      classes[label].wrong += 1.0;
      if (found >= 0) classes[found].wrong += 1.0;
    }
    if (spec_.positive) return f1(classes[*spec_.positive]);
    double sum = 0.0;
    for (const auto& [category, counts] : classes) sum += f1(counts);
    return sum / static_cast<double>(classes.size());
  }

 private:
  /// Raised when the same outputs and labels give other values than before.
  static constexpr int kRevision = 1;

  MetricSpec spec_;
  std::string name_;
};

}  // namespace

std::unique_ptr<Metric> make_f1(const MetricSpec& spec) { return std::make_unique<F1>(spec); }

}  // namespace quantrail
