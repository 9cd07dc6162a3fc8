#include "runtime/patterns.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace quantrail {
namespace {

class Finder {
 public:
  Finder(const Specialised& model, const GraphIndex& index) : graph_(model.graph), types_(model.types), index_(index) {}

  std::vector<Pattern> found() {
    std::vector<Pattern> patterns;
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      auto pattern = graph_.nodes[at].op == "Erf"    ? gelu(at)
                     : graph_.nodes[at].op == "Tanh" ? gelu_by_tanh(at)
                     : graph_.nodes[at].op == "Sqrt" ? normalisation(at)
                                                     : std::nullopt;
      if (!pattern || !closed(*pattern)) continue;
      auto& nodes = pattern->nodes;
      std::sort(nodes.begin(), nodes.end());
      nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
      patterns.push_back(std::move(*pattern));
    }
    std::sort(patterns.begin(), patterns.end(),
              [](const Pattern& a, const Pattern& b) { return a.nodes.back() < b.nodes.back(); });
    return patterns;
  }

 private:
  using Position = std::optional<std::size_t>;

  [[nodiscard]] const Node& node(std::size_t at) const { return graph_.nodes[at]; }
  [[nodiscard]] const std::string& result(std::size_t at) const { return node(at).outputs[0]; }

  /// What computes `value`, if that is one of `ops`.
  [[nodiscard]] Position producer(const std::string& value, std::initializer_list<std::string_view> ops) const {
    const auto at = index_.producer(value);
    return at && std::find(ops.begin(), ops.end(), node(*at).op) != ops.end() ? at : std::nullopt;
  }

  /// The only node that reads the result of node `at`, if that is an `op`.
  [[nodiscard]] Position sole_reader(std::size_t at, std::string_view op) const {
    const auto& readers = index_.readers(result(at));
    return readers.size() == 1 && node(readers[0]).op == op ? Position(readers[0]) : std::nullopt;
  }

  [[nodiscard]] const Tensor* floats(const std::string& value) const {
    const auto found = graph_.constants.find(value);
    const bool known = found != graph_.constants.end() && found->second->type == ElementType::Float32;
    return known ? found->second.get() : nullptr;
  }

  /// The value of a constant with one element that adds no axis.
  [[nodiscard]] std::optional<float> number(const std::string& value) const {
    const Tensor* tensor = floats(value);
    if (tensor == nullptr || element_count(tensor->shape) != 1 || tensor->shape.size() > 1) return std::nullopt;
    return tensor->values<float>()[0];
  }

  [[nodiscard]] bool is_about(const std::string& value, float wanted) const {
    const auto found = number(value);
    return found && std::fabs(*found - wanted) <= 1e-6F * wanted;
  }

  /// The operand of a node of two that is not `value`.
  [[nodiscard]] const std::string& other(std::size_t at, const std::string& value) const {
    return node(at).inputs[node(at).inputs[0] == value ? 1 : 0];
  }

  /// x where `value` is x / sqrt(2).
  [[nodiscard]] std::optional<std::pair<std::string, std::size_t>> scaled(const std::string& value) const {
    constexpr float kRoot = 1.41421356F;
    const auto at = producer(value, {"Div", "Mul"});
    if (!at) return std::nullopt;
    const auto& inputs = node(*at).inputs;
    if (is_about(inputs[1], node(*at).op == "Div" ? kRoot : 1.0F / kRoot)) return std::pair(inputs[0], *at);
    if (node(*at).op == "Mul" && is_about(inputs[0], 1.0F / kRoot)) return std::pair(inputs[1], *at);
    return std::nullopt;
  }

  /// Whether `value` is 0.5 * x; the node that computes it.
  [[nodiscard]] Position half_of(const std::string& value, const std::string& x) const {
    const auto at = producer(value, {"Mul"});
    if (!at) return std::nullopt;
    const auto& inputs = node(*at).inputs;
    const bool half = (inputs[0] == x && is_about(inputs[1], 0.5F)) || (inputs[1] == x && is_about(inputs[0], 0.5F));
    return half ? at : std::nullopt;
  }

  [[nodiscard]] std::optional<Pattern> gelu(std::size_t erf) const {
    const auto x = scaled(node(erf).inputs[0]);
    return x ? gated({Pattern::Function::Gelu, x->first, {x->second}}, erf) : std::nullopt;
  }

  /// The pattern with the nodes that make 0.5 * x * (1 + curve) of what node `curve` computes.
  [[nodiscard]] std::optional<Pattern> gated(Pattern pattern, std::size_t curve) const {
    const auto& x = pattern.source;
    const auto gate = sole_reader(curve, "Add");
    const auto product = gate ? sole_reader(*gate, "Mul") : std::nullopt;
    if (!product || !is_about(other(*gate, result(curve)), 1.0F)) return std::nullopt;
    pattern.nodes.insert(pattern.nodes.end(), {curve, *gate, *product});
    const auto& factor = other(*product, result(*gate));
    if (const auto half = half_of(factor, x)) {
      pattern.nodes.push_back(*half);
      return pattern;
    }
    const auto last = sole_reader(*product, "Mul");
    if (!last) return std::nullopt;
    const auto& rest = other(*last, result(*product));
    const bool complete = (factor == x && is_about(rest, 0.5F)) || (is_about(factor, 0.5F) && rest == x);
    if (!complete) return std::nullopt;
    pattern.nodes.push_back(*last);
    return pattern;
  }

  /// What the gate of `curve` may be multiplied with, halved or not.
  [[nodiscard]] std::vector<std::string> gated_values(std::size_t curve) const {
    const auto gate = sole_reader(curve, "Add");
    const auto product = gate ? sole_reader(*gate, "Mul") : std::nullopt;
    if (!product) return {};
    std::vector<std::string> values{other(*product, result(*gate))};
    if (const auto half = producer(values[0], {"Mul"}))
      values.insert(values.end(), node(*half).inputs.begin(), node(*half).inputs.end());
    if (const auto last = sole_reader(*product, "Mul")) values.push_back(other(*last, result(*product)));
    return values;
  }

  /// By the degree of the term.
  using Polynomial = std::array<float, 4>;

  [[nodiscard]] static std::optional<Polynomial> product_of(const Polynomial& a, const Polynomial& b) {
    Polynomial product{};
    for (std::size_t i = 0; i < a.size(); ++i) {
      for (std::size_t j = 0; j < b.size(); ++j) {
        const float term = a[i] * b[j];
        if (i + j < product.size())
          product[i + j] += term;
        else if (term != 0.0F)
          return std::nullopt;
      }
    }
    return product;
  }

  /// What `value` is of x, if a cubic polynomial; the nodes that compute it are added to `nodes`.
  [[nodiscard]] std::optional<Polynomial> polynomial(const std::string& value, const std::string& x,
                                                     std::vector<std::size_t>& nodes) const {
    constexpr std::size_t kMost = 12;  // visits: more than any form takes
    if (value == x) return Polynomial{0.0F, 1.0F};
    if (const auto constant = number(value)) return Polynomial{*constant};
    const auto at = producer(value, {"Add", "Mul", "Pow"});
    if (!at || nodes.size() == kMost) return std::nullopt;
    nodes.push_back(*at);
    const auto a = polynomial(node(*at).inputs[0], x, nodes);
    if (!a) return std::nullopt;
    if (node(*at).op == "Pow") {
      const bool cube = is_about(node(*at).inputs[1], 3.0F);
      if (!cube && !is_about(node(*at).inputs[1], 2.0F)) return std::nullopt;
      const auto square = product_of(*a, *a);
      return cube && square ? product_of(*square, *a) : square;
    }
    const auto b = polynomial(node(*at).inputs[1], x, nodes);
    if (!b) return std::nullopt;
    if (node(*at).op == "Mul") return product_of(*a, *b);
    Polynomial sum = *a;
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += (*b)[i];
    return sum;
  }

  [[nodiscard]] std::optional<Pattern> gelu_by_tanh(std::size_t tanh) const {
    for (const auto& x : gated_values(tanh)) {
      Pattern pattern{Pattern::Function::GeluByTanh, x};
      const auto inside = polynomial(node(tanh).inputs[0], x, pattern.nodes);
      if (!inside || (*inside)[0] != 0.0F || (*inside)[2] != 0.0F) continue;
      pattern.linear = (*inside)[1];
      pattern.cubic = (*inside)[3];
      if (auto found = gated(std::move(pattern), tanh)) return found;
    }
    return std::nullopt;
  }

  /// Whether node `at` averages over the last axis and keeps it.
  [[nodiscard]] bool averages_rows(std::size_t at) const {
    const Node& mean = node(at);
    const auto rank = static_cast<std::int64_t>(types_.find(mean.inputs[0])->second.shape.size());
    auto axes = ints_attribute(mean, "axes", {});
    if (const auto given = constant_input(graph_, mean, 1)) axes = integers_of(*given);
    const bool last = axes.size() == 1 && (axes[0] == -1 || axes[0] == rank - 1);
    return last && int_attribute(mean, "keepdims", 1) == 1;
  }

  /// The node that computes d where `value` is d * d.
  [[nodiscard]] bool is_square(std::size_t at, const std::string& of) const {
    const auto& inputs = node(at).inputs;
    if (node(at).op == "Pow") return inputs[0] == of && is_about(inputs[1], 2.0F);
    return inputs[0] == of && inputs[1] == of;
  }

  [[nodiscard]] bool is_row_vector(const std::string& value, std::int64_t width) const {
    const Tensor* tensor = floats(value);
    return tensor != nullptr && tensor->shape == Shape{width};
  }

  [[nodiscard]] std::optional<Pattern> normalisation(std::size_t root) const {
    const auto sum = producer(node(root).inputs[0], {"Add"});
    const auto quotient = sole_reader(root, "Div");
    if (!sum || !quotient || node(*quotient).inputs[1] != result(root)) return std::nullopt;
    const std::size_t epsilon_at = number(node(*sum).inputs[0]) ? 0 : 1;
    const auto epsilon = number(node(*sum).inputs[epsilon_at]);
    const auto variance = producer(node(*sum).inputs[1 - epsilon_at], {"ReduceMean"});
    const auto& centred = node(*quotient).inputs[0];
    const auto difference = producer(centred, {"Sub"});
    if (!epsilon || !variance || !difference || !averages_rows(*variance)) return std::nullopt;
    const auto square = producer(node(*variance).inputs[0], {"Pow", "Mul"});
    const auto mean = producer(node(*difference).inputs[1], {"ReduceMean"});
    const auto& x = node(*difference).inputs[0];
    if (!square || !is_square(*square, centred) || !mean || node(*mean).inputs[0] != x || !averages_rows(*mean))
      return std::nullopt;
    Pattern pattern{Pattern::Function::Normalise, x, {*sum, root, *quotient, *variance, *difference, *square, *mean}};
    pattern.epsilon = *epsilon;
    return with_affine(std::move(pattern), *quotient);
  }

  [[nodiscard]] std::optional<Pattern> with_affine(Pattern pattern, std::size_t quotient) const {
    const std::int64_t width = types_.find(pattern.source)->second.shape.back();
    const auto product = sole_reader(quotient, "Mul");
    if (!product || !is_row_vector(other(*product, result(quotient)), width)) return pattern;
    pattern.factor = other(*product, result(quotient));
    pattern.nodes.push_back(*product);
    const auto shifted = sole_reader(*product, "Add");
    if (!shifted || !is_row_vector(other(*shifted, result(*product)), width)) return pattern;
    pattern.offset = other(*shifted, result(*product));
    pattern.nodes.push_back(*shifted);
    return pattern;
  }

  [[nodiscard]] bool closed(const Pattern& pattern) const {
    const auto type = types_.find(pattern.source);
    if (type == types_.end() || type->second.type != ElementType::Float32 || type->second.shape.empty()) return false;
    const auto inside = [&](std::size_t at) {
      return std::find(pattern.nodes.begin(), pattern.nodes.end(), at) != pattern.nodes.end();
    };
    const std::size_t last = *std::max_element(pattern.nodes.begin(), pattern.nodes.end());
    return std::all_of(pattern.nodes.begin(), pattern.nodes.end(), [&](std::size_t at) {
      const auto& readers = index_.readers(result(at));
      return at == last || (!index_.is_output(result(at)) && std::all_of(readers.begin(), readers.end(), inside));
    });
  }

  const Graph& graph_;
  const std::map<std::string, TensorType, std::less<>>& types_;
  const GraphIndex& index_;
};

}  // namespace

std::vector<Pattern> patterns_in(const Specialised& model, const GraphIndex& index) {
  return Finder(model, index).found();
}

}  // namespace quantrail
