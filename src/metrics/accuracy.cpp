#include "metrics/accuracy.h"

#include <cmath>

#include "metrics/class_scores.h"

namespace quantrail {
namespace {

template <class T>
bool is_among_top(std::span<const std::byte> bytes, std::size_t label, std::int64_t top_k) {
  const std::span<const T> scores(reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T));
  std::int64_t better = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (std::isnan(scores[i])) return false;
    if (scores[i] > scores[label] || (scores[i] == scores[label] && i < label)) ++better;
  }
  return better < top_k;
}

class Accuracy final : public Metric {
 public:
  explicit Accuracy(const MetricSpec& spec)
      : name_(spec.name.empty() ? default_name(spec) : spec.name),
        top_k_(spec.top_k),
        output_(static_cast<std::size_t>(spec.output)) {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] bool higher_is_better() const override { return true; }
  [[nodiscard]] MetricRange range() const override { return {0.0, 1.0}; }
  [[nodiscard]] std::string identity() const override {
    return fmt::format("accuracy top_k={} output={}", top_k_, output_);
  }

  [[nodiscard]] Status accepts(std::span<const OutputView> outputs, const Truth& truth) const override {
    const auto counted = class_count(outputs, output_);
    if (!counted) return failed(counted);
    const std::int64_t classes = *counted;
    if (top_k_ > classes) {
      return fail(Cause::InvalidInput, "top_k is {}, the network has only {} classes", top_k_, classes);
    }
    const auto& label = truth.label;
    if (!label) return fail(Cause::InvalidInput, "the samples have no labels");
    if (*label < 0 || *label >= classes) {
      return fail(Cause::InvalidInput, "its label {} is out of range, the network's classes are 0 to {}", *label,
                  classes - 1);
    }
    return {};
  }

  [[nodiscard]] SampleScore of_sample(std::span<const OutputView> outputs, const Truth& truth) const override {
    const OutputView& scores = outputs[output_];
    const auto wanted = static_cast<std::size_t>(truth.label.value());
    const bool right = scores.type == ElementType::Float32 ? is_among_top<float>(scores.bytes, wanted, top_k_)
                                                           : is_among_top<double>(scores.bytes, wanted, top_k_);
    return {.value = right ? 1.0 : 0.0};
  }

  [[nodiscard]] double aggregated(std::span<const SampleScore> scores) const override {
    double right = 0.0;
    for (const auto& score : scores) right += score.value;
    return right / static_cast<double>(scores.size());
  }

 private:
  std::string name_;
  std::int64_t top_k_;
  std::size_t output_;
};

}  // namespace

std::unique_ptr<Metric> make_accuracy(const MetricSpec& spec) { return std::make_unique<Accuracy>(spec); }

}  // namespace quantrail
