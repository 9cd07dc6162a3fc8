#include "model/recurrence.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "base/text.h"
#include "model/operand_checks.h"

namespace quantrail {
namespace {

using Kind = CellActivation::Kind;

struct KnownActivation {
  std::string_view name{};  ///< lower case
  Kind kind = Kind::Tanh;
  int parameters = 0;  ///< 1: alpha; 2: alpha and beta
  double alpha = 0.0;
  double beta = 0.0;
};

constexpr std::array<KnownActivation, 11> kActivations{{{"relu", Kind::Relu, 0, 0.0, 0.0},
                                                        {"tanh", Kind::Tanh, 0, 0.0, 0.0},
                                                        {"sigmoid", Kind::Sigmoid, 0, 0.0, 0.0},
                                                        {"affine", Kind::Affine, 2, 1.0, 0.0},
                                                        {"leakyrelu", Kind::LeakyRelu, 1, 0.01, 0.0},
                                                        {"thresholdedrelu", Kind::ThresholdedRelu, 1, 1.0, 0.0},
                                                        {"scaledtanh", Kind::ScaledTanh, 2, 1.0, 1.0},
                                                        {"hardsigmoid", Kind::HardSigmoid, 2, 0.2, 0.5},
                                                        {"elu", Kind::Elu, 1, 1.0, 0.0},
                                                        {"softsign", Kind::Softsign, 0, 0.0, 0.0},
                                                        {"softplus", Kind::Softplus, 0, 0.0, 0.0}}};

template <class List>
List list_attribute(const Node& node, std::string_view key) {
  const auto found = node.attributes.find(std::string(key));
  if (found == node.attributes.end()) return {};
  const auto* list = std::get_if<List>(&found->second);
  return list != nullptr ? *list : List{};
}

Result<KnownActivation> known(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  const auto found = std::find_if(kActivations.begin(), kActivations.end(),
                                  [&](const auto& activation) { return activation.name == name; });
  if (found == kActivations.end()) return fail(Cause::InvalidInput, "activation '{}' is not known", printable(name));
  return *found;
}

/// The lists of alphas and betas hold values for those activations that have them, in order.
Result<std::vector<CellActivation>> activations_of(const Node& node, const Recurrence& recurrence) {
  auto names = list_attribute<std::vector<std::string>>(node, "activations");
  const auto directions = static_cast<std::size_t>(recurrence.directions());
  if (names.empty()) {
    for (std::size_t direction = 0; direction < directions; ++direction) {
      if (recurrence.gates > 1) names.emplace_back("Sigmoid");
      names.emplace_back("Tanh");
      if (recurrence.gates == 4) names.emplace_back("Tanh");
    }
  }
  // More than are needed are no error: ONNX's own default for an RNN has two.
  const std::size_t needed = directions * recurrence.activations_each();
  if (names.size() < needed)
    return fail(Cause::InvalidInput, "{} activations where {} are needed", names.size(), needed);
  names.resize(needed);
  const auto alphas = list_attribute<std::vector<float>>(node, "activation_alpha");
  const auto betas = list_attribute<std::vector<float>>(node, "activation_beta");
  std::size_t alpha = 0;
  std::size_t beta = 0;
  std::vector<CellActivation> result;
  for (const auto& name : names) {
    const auto one = known(name);
    if (!one) return failed(one);
    CellActivation activation{one->kind, one->alpha, one->beta};
    if (one->parameters >= 1 && alpha < alphas.size()) activation.alpha = static_cast<double>(alphas[alpha++]);
    if (one->parameters >= 2 && beta < betas.size()) activation.beta = static_cast<double>(betas[beta++]);
    result.push_back(activation);
  }
  return result;
}

Result<Recurrence::Direction> direction_of(const Node& node) {
  const auto text = string_attribute(node, "direction", "forward");
  if (text == "forward") return Recurrence::Direction::Forward;
  if (text == "reverse") return Recurrence::Direction::Reverse;
  if (text == "bidirectional") return Recurrence::Direction::Both;
  return fail(Cause::InvalidInput, "direction '{}' is none of forward, reverse, bidirectional", printable(text));
}

/// Inputs: X, W, R, B, sequence lengths, initial h; LSTM: initial c, peepholes.
Status check_inputs(const NodeView& view, const Recurrence& r) {
  const auto directions = r.directions();
  const auto lines = r.gates * r.hidden;
  const Shape state = r.batch_first ? Shape{r.batch, directions, r.hidden} : Shape{directions, r.batch, r.hidden};
  const std::array<std::pair<std::string_view, Shape>, 7> wanted{{{"W", {directions, lines, r.input}},
                                                                  {"R", {directions, lines, r.hidden}},
                                                                  {"B", {directions, 2 * lines}},
                                                                  {"its sequence lengths", {r.batch}},
                                                                  {"its initial h", state},
                                                                  {"its initial c", state},
                                                                  {"P", {directions, 3 * r.hidden}}}};
  for (std::size_t input = 1; input < std::min<std::size_t>(view.inputs(), 8); ++input) {
    const auto& [what, shape] = wanted[input - 1];
    if (auto ok = check_shape(view, input, shape, what); !ok) return ok;
    if (!view.has(input)) continue;
    const auto type = input == 4 ? ElementType::Int32 : view.type(0).type;
    if (view.type(input).type != type)
      return fail(Cause::InvalidInput, "{} is of {} instead of {}", what, name_of(view.type(input).type),
                  name_of(type));
  }
  return check_floats(view, 0);
}

}  // namespace

double CellActivation::operator()(double x) const {
  switch (kind) {
    case Kind::Relu: return x < 0.0 ? 0.0 : x;
    case Kind::Tanh: return std::tanh(x);
    case Kind::Sigmoid: return 1.0 / (1.0 + std::exp(-x));
    case Kind::Affine: return alpha * x + beta;
    case Kind::LeakyRelu: return x < 0.0 ? alpha * x : x;
    case Kind::ThresholdedRelu: return x > alpha ? x : 0.0;
    case Kind::ScaledTanh: return alpha * std::tanh(beta * x);
    case Kind::HardSigmoid: return std::clamp(alpha * x + beta, 0.0, 1.0);
    case Kind::Elu: return x < 0.0 ? alpha * std::expm1(x) : x;
    case Kind::Softsign: return x / (1.0 + std::abs(x));
    case Kind::Softplus: return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
  }
  return x;
}

Result<Recurrence> recurrence_of(const NodeView& view) {
  if (view.rank(0) != 3 || view.rank(1) != 3 || view.rank(2) != 3)
    return fail(Cause::InvalidInput, "X, W and R must have rank 3");
  const auto direction = direction_of(view.node());
  if (!direction) return failed(direction);
  Recurrence r{.direction = *direction};
  r.gates = view.node().op == "LSTM" ? 4 : view.node().op == "GRU" ? 3 : 1;
  const auto layout = view.integer("layout", 0);
  if (layout != 0 && layout != 1) return fail(Cause::InvalidInput, "layout is {}, allowed are 0 and 1", layout);
  r.batch_first = layout == 1;
  r.steps = view.shape(0)[r.batch_first ? 1 : 0];
  r.batch = view.shape(0)[r.batch_first ? 0 : 1];
  r.input = view.shape(0)[2];
  r.hidden = view.shape(2)[2];
  constexpr std::int64_t kMostHidden = std::int64_t{1} << 24U;
  if (r.hidden < 1 || r.hidden > kMostHidden || view.integer("hidden_size", r.hidden) != r.hidden)
    return fail(Cause::InvalidInput, "hidden_size does not fit an R of {} columns", r.hidden);
  r.clip = static_cast<double>(float_attribute(view.node(), "clip", 0.0F));
  if (!(r.clip >= 0.0)) return fail(Cause::InvalidInput, "clip is {}, which must not be negative", r.clip);
  if (auto ok = check_inputs(view, r); !ok) return failed(ok);
  auto activations = activations_of(view.node(), r);
  if (!activations) return failed(activations);
  r.activations = std::move(*activations);
  return r;
}

}  // namespace quantrail
