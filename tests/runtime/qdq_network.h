#pragma once

#include "runtime/plan_network.h"
#include "runtime/plan_oracle.h"

namespace quantrail::testing {

/// How a tool writes weights and activations.
struct QdqStyle {
  ElementType activations = ElementType::Uint8;
  bool asymmetric_activations = true;
  bool zero_points = true;  ///< written out; false: left out where they are 0
  ElementType weights = ElementType::Int8;
  std::int64_t weight_zero = 0;
  bool per_channel = true;
  bool lowest_weight = false;  ///< the lowest code of the type occurs
  enum class Bias { None, Int32, Float, OtherScale } bias = Bias::Int32;
};

/// A quantized network as other tools write them, with random numbers. What each value is for one input is known as it
/// grows, from the interpreter, so that scales fit.
class QdqNetwork {
 public:
  explicit QdqNetwork(QdqStyle style, std::uint32_t seed = 1) : style_(style), net_(seed) {}

  std::string input(const std::string& name, const Shape& shape) {
    values_[name] = Tensor::of<float>(shape, random().reals(static_cast<std::size_t>(element_count(shape))));
    inputs_[name] = values_[name];
    return net_.input(name, shape);
  }

  std::string node(const std::string& op, const std::string& name, const std::vector<std::string>& inputs,
                   const std::map<std::string, Attribute>& attributes = {}) {
    net_.node(op, name, inputs, attributes);
    compute();
    return name;
  }

  /// A DynamicQuantizeLinear; its results are `name`, `name`_scale and `name`_zero.
  void dynamic(const std::string& name, const std::string& x) {
    graph().nodes.push_back({name, "DynamicQuantizeLinear", {x}, {name, name + "_scale", name + "_zero"}, {}, {}});
    compute();
  }

  std::string constant(const std::string& name, const Tensor& tensor) { return net_.constant(name, tensor); }
  template <class T>
  std::string scalar(const std::string& name, T value) {
    return constant(name, Tensor::of<T>({}, std::span<const T>(&value, 1)));
  }

  /// Scale and zero point over what `value` takes, as inputs of a Quantize- or DequantizeLinear.
  std::vector<std::string> parameters(const std::string& value, float wider = 1.0F) {
    const auto reals = values_.at(value).values<float>();
    float lo = 0.0F;
    float hi = 1e-3F;
    for (const float real : reals) {
      lo = std::min(lo, real * wider);
      hi = std::max(hi, real * wider);
    }
    const std::string name = value + "_" + std::to_string(++numbers_);
    const bool is_signed = style_.activations == ElementType::Int8;
    // Scales that stand in no simple ratio, as those of trained networks: else sums and products of codes often lie
    // halfway between two, where ONNX Runtime itself rounds one way in its kernels and the other by the definition.
    const float odd = 1.0F + static_cast<float>(random().integer(0, 1 << 20)) * 1e-8F;
    const float scale = odd * (style_.asymmetric_activations ? (hi - lo) / 255.0F : std::max(-lo, hi) / 127.0F);
    const std::int64_t step = style_.asymmetric_activations ? std::llround(-lo / scale) : (lo < 0.0F ? 128 : 0);
    std::vector<std::string> inputs{scalar(name + "_scale", scale)};
    if (is_signed)
      inputs.push_back(scalar(name + "_zero", static_cast<std::int8_t>(step - 128)));
    else if (style_.zero_points || step != 0)
      inputs.push_back(scalar(name + "_zero", static_cast<std::uint8_t>(step)));
    params_ = {scale, static_cast<std::uint8_t>(step)};
    return inputs;
  }

  std::string quantize(const std::string& value, const std::vector<std::string>& parameters) {
    return node("QuantizeLinear", value + "_Q" + std::to_string(++numbers_), with(value, parameters));
  }
  std::string dequantize(const std::string& codes, const std::vector<std::string>& parameters,
                         const std::map<std::string, Attribute>& attributes = {}) {
    return node("DequantizeLinear", codes + "_D" + std::to_string(++numbers_), with(codes, parameters), attributes);
  }
  /// A pair of its own behind `value`.
  std::string pair(const std::string& value, float wider = 1.0F) {
    const auto params = parameters(value, wider);
    const auto real = dequantize(quantize(value, params), params);
    pairs_[real] = params_;
    return real;
  }

  /// A layer with weights of `shape`, whose output channels are on `axis`.
  std::string layer(const std::string& op, const std::string& name, const std::string& x, const Shape& shape,
                    std::int64_t axis, std::map<std::string, Attribute> attributes = {}) {
    const auto known = pairs_.find(x);
    const float input_scale = known != pairs_.end() ? known->second.scale : params_.scale;
    const auto channels = shape[static_cast<std::size_t>(axis)];
    std::int64_t products = element_count(shape) / channels;
    std::vector<float> scales(style_.per_channel ? static_cast<std::size_t>(channels) : 1U);
    for (float& scale : scales)
      scale = static_cast<float>(random().integer(50, 100)) * 1e-4F / std::sqrt(static_cast<float>(products));
    std::vector<std::string> inputs{x, weights(name + "_w", shape, axis, scales)};
    if (style_.bias != QdqStyle::Bias::None) inputs.push_back(bias(name + "_b", channels, input_scale, scales));
    return node(op, name, inputs, attributes);
  }

  void output(const std::string& value) { net_.output(value); }

  [[nodiscard]] Graph& graph() { return net_.graph(); }
  [[nodiscard]] kernels::Random& random() { return net_.random(); }
  [[nodiscard]] const Values& inputs() const { return inputs_; }
  [[nodiscard]] const Tensor& value(const std::string& name) const { return values_.at(name); }
  /// Of the last parameters().
  [[nodiscard]] ActivationParams params() const { return params_; }

 private:
  static std::vector<std::string> with(const std::string& first, const std::vector<std::string>& rest) {
    std::vector<std::string> all{first};
    all.insert(all.end(), rest.begin(), rest.end());
    return all;
  }

  std::string weights(const std::string& name, const Shape& shape, std::int64_t axis,
                      const std::vector<float>& scales) {
    const bool is_signed = style_.weights == ElementType::Int8;
    Tensor codes = Tensor::zeros(style_.weights, shape);
    const std::int64_t lowest = is_signed ? -127 : 1;
    for (auto& byte : codes.bytes) byte = static_cast<std::byte>(random().integer(lowest, lowest + 254) & 0xFF);
    if (style_.lowest_weight) codes.bytes[0] = static_cast<std::byte>((lowest - 1) & 0xFF);
    const Shape per = scales.size() == 1 ? Shape{} : Shape{static_cast<std::int64_t>(scales.size())};
    Tensor zeros = Tensor::zeros(style_.weights, per);
    for (auto& byte : zeros.bytes) byte = static_cast<std::byte>(style_.weight_zero & 0xFF);
    const auto stored = constant(name + "_codes", codes);
    std::vector<std::string> parameters{constant(name + "_scale", Tensor::of<float>(per, scales))};
    if (style_.zero_points || style_.weight_zero != 0) parameters.push_back(constant(name + "_zero", zeros));
    return dequantize(stored, parameters, {{"axis", axis}});
  }

  std::string bias(const std::string& name, std::int64_t channels, float input_scale, std::vector<float> scales) {
    if (style_.bias == QdqStyle::Bias::Float)
      return constant(name, Tensor::of<float>({channels}, random().reals(static_cast<std::size_t>(channels), 0.3F)));
    for (float& scale : scales) scale *= input_scale * (style_.bias == QdqStyle::Bias::OtherScale ? 1.7F : 1.0F);
    std::vector<std::int32_t> codes(static_cast<std::size_t>(channels));
    for (auto& code : codes) code = static_cast<std::int32_t>(random().integer(-2000, 2000));
    const auto stored = constant(name + "_codes", Tensor::of<std::int32_t>({channels}, codes));
    const Shape per = scales.size() == 1 ? Shape{} : Shape{channels};
    return dequantize(stored, {constant(name + "_scale", Tensor::of<float>(per, scales))}, {{"axis", std::int64_t{0}}});
  }

  /// Of the node just added, for the inputs that there are.
  void compute();

  QdqStyle style_;
  Network net_;
  Values values_{};
  Values inputs_{};
  ActivationParams params_{};
  std::map<std::string, ActivationParams> pairs_{};  // by the value behind them
  int numbers_ = 0;
};

}  // namespace quantrail::testing
