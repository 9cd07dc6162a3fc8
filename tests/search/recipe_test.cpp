#include "search/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "search/player.h"

namespace quantrail {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Tried tried(const Recipe& recipe, int right, double distance) {
  Tried one{.variation = {.recipe = recipe}, .metric = right / 100.0, .distance = distance};
  for (int i = 0; i < 100; ++i) one.per_sample.push_back(i < right ? 1.0 : 0.0);
  return one;
}

TEST(Better, GoesByTheMetricWhereTheDifferenceIsNoChance) {
  EXPECT_TRUE(better(tried({}, 90, 0.5), tried({}, 80, 0.1), 1.0)) << "ten samples, all in one direction";
  EXPECT_FALSE(better(tried({}, 80, 0.1), tried({}, 90, 0.5), 1.0));
  EXPECT_TRUE(better(tried({}, 80, 0.5), tried({}, 90, 0.1), -1.0)) << "where lower is better";
}

TEST(Better, GoesByTheDistanceWhereTheMetricsDifferByChance) {
  EXPECT_TRUE(better(tried({}, 90, 0.1), tried({}, 91, 0.5), 1.0));
  EXPECT_FALSE(better(tried({}, 91, 0.5), tried({}, 90, 0.1), 1.0));
  EXPECT_TRUE(better(tried({}, 90, 0.1), tried({}, 90, 0.2), 1.0));
  EXPECT_FALSE(better(tried({}, 90, 0.1), tried({}, 90, 0.1), 1.0)) << "equals are not better";
}

TEST(Better, TakesWhatIsNoNumberForTheWorst) {
  Tried bad = tried({}, 90, 0.0);
  bad.metric = kNan;
  EXPECT_FALSE(better(bad, tried({}, 10, 1.0), 1.0));
  EXPECT_TRUE(better(tried({}, 10, 1.0), bad, 1.0));
  EXPECT_TRUE(better(tried({}, 90, 0.3), tried({}, 90, kNan), 1.0));
  EXPECT_FALSE(better(tried({}, 90, kNan), tried({}, 90, 0.3), 1.0));
}

/// Tries until all choices are made; `distance` says how far each model is.
template <class Distance>
std::vector<Tried> played(const RecipeChoices& choices, const Distance& distance) {
  std::vector<Tried> all;
  while (const auto next = next_recipe(choices, all, 1.0)) {
    EXPECT_LT(all.size(), 20U);
    all.push_back(tried(*next, 90, distance(*next)));
  }
  return all;
}

TEST(NextRecipe, BuildsEachChoiceOnTheBestSoFar) {
  const auto all = played({}, [](const Recipe& r) {
    return 1.0 - (r.asymmetric ? 0.1 : 0.0) - (r.equalization ? 0.2 : 0.0) + (r.smooth_quant ? 0.5 : 0.0) -
           (r.estimator == RangePreset::Mse ? 0.1 : 0.0) - (r.full_bias ? 0.1 : 0.0);
  });
  ASSERT_EQ(all.size(), 8U);
  EXPECT_EQ(described(all[0].variation), "performance");
  EXPECT_EQ(described(all[1].variation), "mixed");
  EXPECT_EQ(described(all[2].variation), "mixed, equalization");
  EXPECT_EQ(described(all[3].variation), "mixed, equalization, SmoothQuant");
  EXPECT_EQ(described(all[4].variation), "mixed, equalization, quantile ranges");
  EXPECT_EQ(described(all[6].variation), "mixed, equalization, mse ranges");
  EXPECT_EQ(described(all[7].variation), "mixed, equalization, mse ranges, full bias correction");
  EXPECT_EQ(best_of(all, 1.0), 7U);
}

TEST(NextRecipe, KeepsToTheFirstWhereNothingHelps) {
  const auto all = played({}, [](const Recipe& r) { return r == Recipe{} ? 0.1 : 0.2; });
  EXPECT_EQ(best_of(all, 1.0), 0U);
  for (const auto& one : all) {
    const Recipe& recipe = *one.variation.recipe;
    EXPECT_LE(recipe.asymmetric + recipe.equalization + recipe.full_bias, 1);
  }
}

TEST(NextRecipe, VariesOnlyWhatIsOpen) {
  const RecipeChoices closed{.base = {.equalization = true},
                             .asymmetric = false,
                             .equalization = false,
                             .smooth_quant = false,
                             .estimator = false,
                             .full_bias = false};
  const auto all = played(closed, [](const Recipe&) { return 0.1; });
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(all[0].variation.recipe->equalization);
}

TEST(Search, TriesRecipesAfterTheFloatModelAndQuantizesByTheBest) {
  SearchSettings settings = testing_search::accuracy_aware();
  settings.recipes = RecipeChoices{.equalization = false, .smooth_quant = false, .estimator = false};
  settings.recipe_samples = {1, 3};
  SearchState state = started(settings);
  testing_search::Player player{.state = state};
  EXPECT_TRUE(std::holds_alternative<EvaluateFloat>(next(state)));
  state = after(std::move(state), player.evaluation(0.9));
  for (const double distance : {0.3, 0.2, 0.4}) {
    const Request request = next(state);
    ASSERT_TRUE(std::holds_alternative<Try>(request));
    EXPECT_EQ(std::get<Try>(request).samples, settings.recipe_samples);
    auto answer = player.evaluation(0.88);
    answer.distance = distance;
    state = after(std::move(state), answer);
  }
  EXPECT_EQ(next(state), (Request{Quantize{.variation = {.recipe = Recipe{.asymmetric = true}}}}));
}

}  // namespace
}  // namespace quantrail
