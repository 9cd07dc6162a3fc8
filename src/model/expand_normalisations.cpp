#include <numeric>

#include "model/expanders.h"
#include "model/shape_rules.h"

namespace quantrail {
namespace {

constexpr std::int64_t kMostAxes = 64;
constexpr std::int64_t kAxesAreInputs = 18;  // the opset from which ReduceMean has them there

/// Of the axes from `axis` on, counted from the last.
Result<std::vector<std::int64_t>> last_axes(const Expansion& e, std::int64_t axis) {
  const auto shape = e.shape(e.input(0));
  if (!shape && axis >= 0)
    return fail(Cause::Unsupported, "the rank of its input cannot be told, which its axis needs");
  const std::int64_t rank = shape ? std::ssize(*shape) : kMostAxes;
  if (axis < -rank || axis >= rank) return fail(Cause::InvalidInput, "axis {} of {} is not there", axis, rank);
  std::vector<std::int64_t> axes(static_cast<std::size_t>(axis < 0 ? -axis : rank - axis));
  std::iota(axes.begin(), axes.end(), -std::ssize(axes));
  return axes;
}

std::string mean(Expansion& e, const std::string& value, const std::vector<std::int64_t>& axes) {
  if (e.opset() >= kAxesAreInputs) return e.add("ReduceMean", {value, e.integers(axes)});
  return e.add("ReduceMean", {value}, {{"axes", axes}});
}

struct Normalised {
  std::string result{};
  std::string inverse{};  ///< 1 / root of the mean square; empty unless asked for
};

/// value / sqrt(mean(value^2) + epsilon) * factor, all but the product in the type of number `stash`.
Result<Normalised> by_mean_square(Expansion& e, const std::string& value, const std::string& factor, float epsilon,
                                  bool inverse) {
  const auto axes = last_axes(e, int_attribute(e.node(), "axis", -1));
  if (!axes) return failed(axes);
  const auto stash = int_attribute(e.node(), "stash_type", 1);
  const auto type = element_type_numbered(stash);
  if (!type) return failed(type, "stash_type");
  if (!is_float(*type)) return fail(Cause::InvalidInput, "stash_type {} is no type of floats", stash);
  const bool same = e.type(value) == *type;
  const auto x = same ? value : e.add("Cast", {value}, {{"to", stash}});
  const auto square = mean(e, e.add("Mul", {x, x}), *axes);
  const auto root = e.add("Sqrt", {e.add("Add", {square, e.constant_like(epsilon, x)})});
  const auto quotient = e.add("Div", {x, root});
  Normalised made;
  made.result = e.compute("Mul", {same ? quotient : e.add("CastLike", {quotient, value}), factor});
  if (inverse) made.inverse = e.add("Reciprocal", {root});
  return made;
}

Expanded rms_normalisation(Expansion& e) {
  const auto made = by_mean_square(e, e.input(0), e.input(1), float_attribute(e.node(), "epsilon", 1e-5F), e.wants(1));
  if (!made) return failed(made);
  return e.results({made->result, made->inverse});
}

constexpr float kSkipEpsilon = 1e-12F;

/// Input, what skipped layers, and perhaps a bias.
std::string skip_sum(Expansion& e, std::size_t bias) {
  const auto sum = e.add("Add", {e.input(0), e.input(1)});
  return e.has(bias) ? e.add("Add", {sum, e.input(bias)}) : sum;
}

Expanded skip_rms_normalisation(Expansion& e) {
  if (e.wants(1)) return fail(Cause::Unsupported, "its output 1, a mean, is not supported");
  const auto sum = skip_sum(e, 3);
  const auto epsilon = float_attribute(e.node(), "epsilon", kSkipEpsilon);
  const auto made = by_mean_square(e, sum, e.input(2), epsilon, e.wants(2));
  if (!made) return failed(made);
  return e.results({made->result, "", made->inverse, sum});
}

/// In the operators of opsets that have no LayerNormalization; recognised as one function.
std::string layer_normalised(Expansion& e, const std::string& x, float epsilon) {
  const auto centred = e.add("Sub", {x, mean(e, x, {-1})});
  const auto variance = mean(e, e.add("Mul", {centred, centred}), {-1});
  const auto root = e.add("Sqrt", {e.add("Add", {variance, e.constant_like(epsilon, x)})});
  const auto scaled = e.add("Mul", {e.add("Div", {centred, root}), e.input(2)});
  return e.has(3) ? e.add("Add", {scaled, e.input(3)}) : scaled;
}

Expanded skip_layer_normalisation(Expansion& e) {
  if (e.wants(1) || e.wants(2))
    return fail(Cause::Unsupported, "its outputs 1 and 2, mean and deviation, are not supported");
  const auto sum = skip_sum(e, 4);
  const auto epsilon = float_attribute(e.node(), "epsilon", kSkipEpsilon);
  constexpr std::int64_t kOwnOperator = 17;
  if (e.opset() < kOwnOperator) return e.results({layer_normalised(e, sum, epsilon), "", "", sum});
  std::vector<std::string> inputs{sum, e.input(2)};
  if (e.has(3)) inputs.push_back(e.input(3));
  const auto result =
      e.compute("LayerNormalization", std::move(inputs), {{"axis", std::int64_t{-1}}, {"epsilon", epsilon}});
  return e.results({result, "", "", sum});
}

}  // namespace

void add_normalisation_expanders(Expanders& expanders) {
  expanders["RMSNormalization"] = {rms_normalisation, 2};
  // ONNX Runtime registers this one in ONNX's own domain.
  expanders["SimplifiedLayerNormalization"] = {rms_normalisation, 2, 2};
  expanders[foreign("SkipSimplifiedLayerNormalization")] = {skip_rms_normalisation, 3, 4};
  expanders[foreign("SkipLayerNormalization")] = {skip_layer_normalisation, 3, 4};
}

}  // namespace quantrail
