#include "run/recipes.h"

#include <algorithm>

#include "quantize/channel_edits.h"

namespace quantrail {
namespace {

/// Share of the difficulty that SmoothQuant moves into the weights; its authors' default.
constexpr double kSmoothQuantAlpha = 0.5;

std::size_t layers_with_weights(const Graph& graph, std::initializer_list<std::string_view> ops) {
  return static_cast<std::size_t>(std::count_if(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
    return std::find(ops.begin(), ops.end(), node.op) != ops.end() && constant_input(graph, node, 1) != nullptr;
  }));
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
  const std::size_t count = std::min(kMost, available);
  std::vector<std::size_t> samples(count);
  for (std::size_t i = 0; i < count; ++i) samples[i] = i * available / count;
  return samples;
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

std::vector<QuantizationParams> learned_together(const RunInputs& inputs, const QuantizationParams& params) {
  std::vector<QuantizationParams> all{params};
  if (inputs.compression.quantization.preset != Preset::Auto) return all;
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
  return all;
}

}  // namespace quantrail
