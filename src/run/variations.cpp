#include "run/variations.h"

#include <algorithm>

#include "quantize/channel_edits.h"
#include "run/range_choice.h"
#include "run/samples.h"
#include "search/tuning.h"

namespace quantrail {
namespace {

/// Share of the difficulty that SmoothQuant moves into the weights; its authors' default.
constexpr double kSmoothQuantAlpha = 0.5;

std::size_t layers_with_weights(const Graph& graph, std::initializer_list<std::string_view> ops) {
  return static_cast<std::size_t>(std::count_if(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
    return std::find(ops.begin(), ops.end(), node.op) != ops.end() && constant_input(graph, node, 1) != nullptr;
  }));
}

QuantizationParams with_recipe(QuantizationParams params, const Recipe& recipe) {
  params.preset = recipe.asymmetric ? Preset::Mixed : Preset::Performance;
  if (recipe.equalization) params.equalization = true;
  if (recipe.smooth_quant && !params.smooth_quant_alpha) params.smooth_quant_alpha = kSmoothQuantAlpha;
  if (recipe.estimator != RangePreset::Default) {
    params.activations.range_estimator = RangeEstimator{.preset = recipe.estimator};
  }
  params.use_fast_bias = !recipe.full_bias;
  return params;
}

EndEstimator end_estimator(const TunedEnd& end, ExtremeType extreme, Aggregator of_extremes, ExtremeType quantile) {
  if (end.outlier_prob == 0.0) return {.type = extreme, .aggregator = of_extremes};
  return {.type = quantile, .outlier_prob = end.outlier_prob, .aggregator = Aggregator::Mean};
}

std::optional<RangeEstimator> given_range(const QuantizationParams& params, const TensorConfig& tensor) {
  return tensor.range_estimator ? tensor.range_estimator : params.range_estimator;
}

/// What is tried, under what the user has set: a clipping value, a kind of estimate, ...
RangeEstimator kept(RangeEstimator tuned, const std::optional<RangeEstimator>& given) {
  if (!given) return tuned;
  const auto keep = [&](EndEstimator& end, const EndEstimator& own) {
    // The quantiles that a preset asks for stay quantiles.
    if (given->preset == RangePreset::Quantile && !end.outlier_prob) end = {};
    if (own.type) end.type = own.type;
    if (own.outlier_prob) end.outlier_prob = own.outlier_prob;
    if (own.aggregator) end.aggregator = own.aggregator;
    end.clipping_value = own.clipping_value;
  };
  keep(tuned.min, given->min);
  keep(tuned.max, given->max);
  tuned.preset = given->preset;
  tuned.percentile = given->percentile;
  return tuned;
}

/// POT replaces the whole sections, so that modes and codes fall back to the preset's, and takes the largest value
/// where ranges are symmetric, so that what is negative is clipped.
QuantizationParams with_tuning(QuantizationParams params, const Tuning& tuning, bool as_pot) {
  const bool symmetric = !as_pot && params.symmetric_activations();
  if (as_pot && tuning.plain_weights) params.weights = {};
  if (as_pot && tuning.min) params.activations = {};
  if (tuning.plain_weights) {
    const RangeEstimator plain{.min = {.type = ExtremeType::Min},
                               .max = {.type = as_pot ? ExtremeType::Max : ExtremeType::AbsMax}};
    params.weights.range_estimator = kept(plain, as_pot ? std::nullopt : given_range(params, params.weights));
  }
  if (tuning.min && tuning.max) {
    const RangeEstimator tuned{
        .min = end_estimator(*tuning.min, ExtremeType::Min, Aggregator::Min, ExtremeType::Quantile),
        .max = end_estimator(*tuning.max, symmetric ? ExtremeType::AbsMax : ExtremeType::Max, Aggregator::Max,
                             symmetric ? ExtremeType::AbsQuantile : ExtremeType::Quantile)};
    params.activations.range_estimator = kept(tuned, as_pot ? std::nullopt : given_range(params, params.activations));
  }
  if (tuning.fast_bias) params.use_fast_bias = *tuning.fast_bias;
  return params;
}

/// What recipes that differ in ranges need to learn of the network as `params` edit it.
void add_recipes(const RunInputs& inputs, const QuantizationParams& params, std::vector<QuantizationParams>& all) {
  const RecipeChoices choices = recipe_choices(inputs);
  Recipe recipe{.equalization = params.equalization.value_or(false),
                .smooth_quant = params.smooth_quant_alpha.has_value()};
  for (const auto estimator : {RangePreset::Default, RangePreset::Quantile, RangePreset::Mse}) {
    if (estimator != RangePreset::Default && !choices.estimator) continue;
    recipe.estimator = estimator;
    for (const bool asymmetric : {false, true}) {
      recipe.asymmetric = asymmetric;
      auto variant = with_recipe(inputs.compression.quantization, recipe);
      variant.smooth_quant_alpha = params.smooth_quant_alpha;
      all.push_back(std::move(variant));
    }
  }
}

}  // namespace

RecipeChoices recipe_choices(const RunInputs& inputs) {
  const QuantizationParams& params = inputs.compression.quantization;
  RecipeChoices choices;
  choices.base = {.equalization = params.equalization.value_or(false),
                  .smooth_quant = params.smooth_quant_alpha.has_value(),
                  .full_bias = !params.use_fast_bias};
  const std::size_t convolutions = layers_with_weights(inputs.graph, {"Conv"});
  const std::size_t products = layers_with_weights(inputs.graph, {"MatMul", "Gemm"});
  choices.asymmetric = !params.activations.symmetric;
  choices.equalization = !params.equalization && !equalizable(inputs.graph).empty();
  choices.smooth_quant = !params.smooth_quant_alpha && products > 3 && products > convolutions;
  choices.estimator = !params.range_estimator && !params.activations.range_estimator;
  choices.full_bias = params.use_fast_bias && convolutions + layers_with_weights(inputs.graph, {"Gemm"}) > 0;
  return choices;
}

std::vector<std::size_t> recipe_samples(std::size_t available) {
  constexpr std::size_t kMost = 200;
  return evenly_spread(all_samples(available), kMost);
}

QuantizationParams with_variation(const RunInputs& inputs, const Variation& variation) {
  QuantizationParams params = inputs.compression.quantization;
  if (variation.recipe) params = with_recipe(std::move(params), *variation.recipe);
  if (variation.mixed) {
    params.preset = Preset::Mixed;
    if (params.activations.symmetric) params.activations.symmetric = false;
  }
  if (variation.tuning) {
    const bool as_pot = inputs.compression.accuracy_aware.compatibility == Compatibility::Pot;
    params = with_tuning(std::move(params), *variation.tuning, as_pot);
  }
  return params;
}

namespace {

std::vector<QuantizationParams> variants(const RunInputs& inputs, const QuantizationParams& params) {
  std::vector<QuantizationParams> all{params};
  const QuantizationParams& configured = inputs.compression.quantization;
  if (configured.preset == Preset::Auto) {
    add_recipes(inputs, params, all);
    return all;
  }
  const AccuracyAwareParams& search = inputs.compression.accuracy_aware;
  std::vector<Variation> bases(1);
  if (search.convert_to_mixed_preset && configured.symmetric_activations()) bases.push_back({.mixed = true});
  for (const auto& base : bases) {
    all.push_back(with_variation(inputs, base));
    if (!search.tune_hyperparams) continue;
    Variation fast = base;
    fast.tuning = Tuning{.fast_bias = true};
    all.push_back(with_variation(inputs, fast));
    for (const double min : kTunedQuantiles) {
      for (const double max : kTunedQuantiles) {
        Variation variation = base;
        variation.tuning = Tuning{.min = TunedEnd{min}, .max = TunedEnd{max}};
        all.push_back(with_variation(inputs, variation));
      }
    }
  }
  return all;
}

}  // namespace

std::vector<QuantizationParams> learned_together(const RunInputs& inputs, const QuantizationParams& params) {
  std::vector<QuantizationParams> all;
  const auto add = [&](const QuantizationParams& one) {
    if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
  };
  for (const auto& variant : variants(inputs, params)) {
    add(variant);
    for (const auto& choice : range_choices(variant)) add(choice.params);
  }
  return all;
}

}  // namespace quantrail
