#include "runtime/random_qdq.h"

namespace quantrail::testing {
namespace {

using Ints = std::vector<std::int64_t>;

constexpr std::int64_t kChannels = 8;
constexpr int kSteps = 8;

QdqStyle random_style(std::uint32_t seed) {
  kernels::Random random(seed + 1000);
  QdqStyle style;
  style.activations = random.integer(0, 1) == 0 ? ElementType::Uint8 : ElementType::Int8;
  style.asymmetric_activations = random.integer(0, 1) == 0;
  style.per_channel = random.integer(0, 1) == 0;
  if (random.integer(0, 3) == 0) {
    style.weights = ElementType::Uint8;
    style.weight_zero = random.integer(0, 1) == 0 ? 128 : 120;
  }
  style.bias = static_cast<QdqStyle::Bias>(random.integer(0, 3));
  return style;
}

/// All values have the shape of the input, so that any may meet any.
class Maker {
 public:
  Maker(std::uint32_t seed, bool clips) : net_(random_style(seed), seed), clips_(clips) {
    values_.push_back(net_.input("x", {2, kChannels, 6, 6}));
  }

  QdqNetwork made() && {
    for (int step = 0; step < kSteps; ++step) values_.push_back(add("n" + std::to_string(step)));
    net_.output(net_.pair(values_.back()));
    return std::move(net_);
  }

 private:
  std::int64_t pick(std::int64_t last) { return net_.random().integer(0, last); }

  /// Recent values are read more often, so that networks are deep.
  std::string any_value() {
    const auto last = static_cast<std::int64_t>(values_.size()) - 1;
    return values_[static_cast<std::size_t>(std::max<std::int64_t>(last - pick(2), 0))];
  }

  std::string operand() {
    const auto value = any_value();
    const auto how = pick(9);
    if (how == 0) return value;
    if (how == 1) return net_.pair(value, 0.8F);
    auto& shared = pairs_[value];
    if (shared.empty()) shared = net_.pair(value);
    return shared;
  }

  std::string conv(const std::string& name, const std::string& x, std::int64_t from) {
    const bool depthwise = from == kChannels && pick(3) == 0;
    const std::int64_t size = pick(1) == 0 ? 1 : 3;
    return net_.layer("Conv", name, x, {kChannels, depthwise ? 1 : from, size, size}, 0,
                      {{"group", std::int64_t{depthwise ? kChannels : 1}}, {"pads", Ints(4, size / 2)}});
  }

  std::string add(const std::string& name) {
    const std::map<std::string, Attribute> window{{"kernel_shape", Ints{3, 3}}, {"pads", Ints{1, 1, 1, 1}}};
    switch (pick(10)) {
      case 0:
      case 1:
      case 2: return conv(name, operand(), kChannels);
      case 3: return net_.node("Relu", name, {net_.node("Add", name + "_sum", {operand(), operand()})});
      case 4: return net_.node("Mul", name, {operand(), operand()});
      case 5: return net_.node("Sigmoid", name, {operand()});
      case 6: return net_.node("MaxPool", name, {operand()}, window);
      case 7: return net_.node("AveragePool", name, {operand()}, window);
      case 8: {
        const auto joined = net_.node("Concat", name + "_cat", {operand(), operand()}, {{"axis", std::int64_t{1}}});
        return conv(name, net_.pair(joined), 2 * kChannels);
      }
      case 9:
        if (clips_)
          return net_.node("Clip", name,
                           {operand(), net_.scalar(name + "_lo", -0.5F), net_.scalar(name + "_hi", 0.7F)});
        [[fallthrough]];
      default: return net_.node("Relu", name, {conv(name + "_conv", operand(), kChannels)});
    }
  }

  QdqNetwork net_;
  bool clips_;
  std::vector<std::string> values_{};
  std::map<std::string, std::string> pairs_{};  // shared ones, by value
};

}  // namespace

QdqNetwork random_qdq(std::uint32_t seed, bool clips) { return Maker(seed, clips).made(); }

}  // namespace quantrail::testing
