#pragma once

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "metrics/registry.h"
#include "model/tensor.h"

namespace quantrail::testing {

inline constexpr float kNotANumber = std::numeric_limits<float>::quiet_NaN();

/// Outputs of one sample, which this holds.
class Outputs {
 public:
  template <class T>
  Outputs& add(Shape shape, const std::vector<T>& values) {
    Tensor& tensor = held_.emplace_back(Tensor::zeros(kElementType<T>, std::move(shape)));
    std::copy(values.begin(), values.end(), tensor.values<T>().begin());
    return *this;
  }
  [[nodiscard]] std::vector<OutputView> views() const {
    std::vector<OutputView> views;
    for (const auto& tensor : held_) views.push_back({tensor.type, tensor.shape, tensor.bytes});
    return views;
  }

 private:
  std::vector<Tensor> held_{};
};

template <class T>
Truth target(Shape shape, const std::vector<T>& values) {
  Tensor tensor = Tensor::zeros(kElementType<T>, std::move(shape));
  std::copy(values.begin(), values.end(), tensor.values<T>().begin());
  Truth truth;
  truth.target = std::make_shared<const Tensor>(std::move(tensor));
  return truth;
}

inline Truth reference(std::vector<float> values) {
  Truth truth;
  truth.reference = std::make_shared<const std::vector<float>>(std::move(values));
  return truth;
}

inline std::unique_ptr<Metric> metric_of(const MetricSpec& spec) { return make_metric(spec).value(); }
inline std::unique_ptr<Metric> metric_named(const std::string& type) { return metric_of({.type = type}); }

/// What a metric says against outputs and a truth; empty: nothing.
inline std::string refusal(const Metric& metric, const Outputs& outputs, const Truth& truth) {
  const auto suits = metric.accepts(outputs.views(), truth);
  return suits ? "" : suits.error().message;
}

}  // namespace quantrail::testing
