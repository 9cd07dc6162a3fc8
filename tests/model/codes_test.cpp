#include "model/codes.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <random>

namespace quantrail {
namespace {

/// As ONNX defines QuantizeLinear, within [-127, 127].
std::int8_t defined_code(float value, float scale) {
  const float steps = value / scale;
  if (std::isnan(steps)) return 0;
  return static_cast<std::int8_t>(std::clamp(std::nearbyint(static_cast<double>(steps)), -127.0, 127.0));
}

Tensor awkward_weights(const Shape& shape) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr std::array kSpecial{0.0F,      -0.0F,      0.5F,   -0.5F,  1.5F,
                                2.5F,      -126.5F,    126.5F, 127.5F, 1e30F,
                                kInfinity, -kInfinity, 1e-40F, -128.F, std::numeric_limits<float>::quiet_NaN()};
  std::mt19937 engine(7);
  std::normal_distribution<float> values(0.0F, 60.0F);
  Tensor tensor = Tensor::zeros(ElementType::Float32, shape);
  std::size_t at = 0;
  for (float& value : tensor.values<float>()) {
    value = at % 3 == 0 ? kSpecial[at / 3 % kSpecial.size()] : values(engine);
    ++at;
  }
  return tensor;
}

TEST(Int8Weights, AreWhatOnnxDefinesAlongAnyAxis) {
  const Shape shape{5, 7, 3, 3};
  const Tensor weights = awkward_weights(shape);
  const auto values = weights.values<float>();
  for (std::int64_t axis = 0; axis < 4; ++axis) {
    const auto channels = static_cast<std::size_t>(shape[static_cast<std::size_t>(axis)]);
    std::size_t inner = 1;
    for (auto at = static_cast<std::size_t>(axis) + 1; at < shape.size(); ++at)
      inner *= static_cast<std::size_t>(shape[at]);
    WeightParams params{axis, {}};
    for (std::size_t c = 0; c < channels; ++c) params.scale.push_back(c == 0 ? 1.0F : 0.37F * static_cast<float>(c));
    const auto codes = int8_weights(weights, params);
    for (std::size_t at = 0; at < codes.size(); ++at) {
      ASSERT_EQ(codes[at], defined_code(values[at], params.scale[at / inner % channels]))
          << "axis " << axis << " element " << at;
    }
  }
}

TEST(Int8Weights, TakeOneScaleForAllAndNoWeights) {
  const Tensor weights = awkward_weights({4, 9});
  const auto codes = int8_weights(weights, {1, {0.25F}});
  for (std::size_t at = 0; at < codes.size(); ++at)
    EXPECT_EQ(codes[at], defined_code(weights.values<float>()[at], 0.25F));
  EXPECT_TRUE(int8_weights(Tensor::zeros(ElementType::Float32, {0, 3}), {1, {1.0F}}).empty());
}

}  // namespace
}  // namespace quantrail
