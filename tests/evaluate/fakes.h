#pragma once

#include <algorithm>
#include <atomic>
#include <cstring>
#include <vector>

#include "data/dataset.h"
#include "metrics/metric.h"

namespace quantrail::testing_evaluate {

/// Samples of `width` floats: element j of sample i is ((7i + 3j) mod 11 - 5) / 5. Its label is i mod `classes`.
class CountingData : public Dataset {
 public:
  CountingData(std::size_t size, std::int64_t width, std::int64_t classes, std::string input = "")
      : size_(size), classes_(classes), inputs_{{std::move(input), ElementType::Float32, {width}}} {}

  [[nodiscard]] std::size_t size() const override { return size_; }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return inputs_; }
  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override {
    ++reads;
    if (index == broken) return fail(Cause::InvalidInput, "sample {} is broken", index);
    std::vector<float> values;
    for (std::int64_t at = 0; at < element_count(inputs_[0].shape); ++at) {
      values.push_back(static_cast<float>((static_cast<std::int64_t>(index) * 7 + at * 3) % 11 - 5) / 5.0F);
    }
    std::memcpy(buffers[0].data(), values.data(), buffers[0].size());
    return {};
  }
  [[nodiscard]] Result<Truth> truth(std::size_t index) const override {
    return Truth{.label = static_cast<std::int64_t>(index) % classes_};
  }
  [[nodiscard]] std::string describe(std::size_t index) const override { return "row " + std::to_string(index); }
  [[nodiscard]] Digest fingerprint() const override {
    return Hasher().add("counting").add(static_cast<std::int64_t>(size_)).finish();
  }

  std::size_t broken = static_cast<std::size_t>(-1);
  mutable std::atomic<int> reads = 0;

 private:
  std::size_t size_;
  std::int64_t classes_;
  std::vector<SampleInput> inputs_;
};

/// The largest output, as a metric; labels must be below `classes`.
class Largest : public Metric {
 public:
  explicit Largest(std::int64_t classes = 1000, std::string name = "largest")
      : classes_(classes), name_(std::move(name)) {}
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] bool higher_is_better() const override { return true; }
  [[nodiscard]] std::string identity() const override { return "largest"; }
  [[nodiscard]] Status accepts(std::span<const OutputView> outputs, const Truth& truth) const override {
    if (outputs.empty() || outputs[0].type != ElementType::Float32)
      return fail(Cause::InvalidInput, "needs float outputs");
    if (truth.label.value_or(classes_) >= classes_)
      return fail(Cause::InvalidInput, "label {} is not below {}", truth.label.value_or(-1), classes_);
    return {};
  }
  [[nodiscard]] SampleScore of_sample(std::span<const OutputView> outputs, const Truth&) const override {
    const auto* values = reinterpret_cast<const float*>(outputs[0].bytes.data());
    return {.value = *std::max_element(values, values + outputs[0].bytes.size() / sizeof(float))};
  }
  [[nodiscard]] double aggregated(std::span<const SampleScore> scores) const override {
    double sum = 0.0;
    for (const auto& score : scores) sum += score.value;
    return sum / static_cast<double>(scores.size());
  }

 private:
  std::int64_t classes_;
  std::string name_;
};

/// The same, kept as the state of each sample, whose value by itself says nothing.
class LargestByState final : public Largest {
 public:
  [[nodiscard]] SampleScore of_sample(std::span<const OutputView> outputs, const Truth& truth) const override {
    return {.value = 0.0, .state = {Largest::of_sample(outputs, truth).value, 1.0}};
  }
  [[nodiscard]] double aggregated(std::span<const SampleScore> scores) const override {
    double sum = 0.0, samples = 0.0;
    for (const auto& score : scores) {
      sum += score.state.at(0);
      samples += score.state.at(1);
    }
    return sum / samples;
  }
};

}  // namespace quantrail::testing_evaluate
