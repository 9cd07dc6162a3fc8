#include "run/forecast.h"

#include <gmock/gmock.h>

namespace quantrail {
namespace {

using testing::HasSubstr;

SearchSettings searching() {
  SearchSettings settings{.accuracy_aware = true, .higher_is_better = {{"top1", true}}};
  settings.controlled = {{.name = "top1"}};
  settings.ranking_subset_size = 100;
  return settings;
}

const Workload kWork{
    .calibration_samples = 50, .validation_samples = 1000, .layers = 30, .float_seconds = 0.01, .int8_seconds = {}};

TEST(Forecast, SaysAtTheStartWhatTheFloatModelsPaceMeans) {
  // (2 x 50 + 1000 + 1000) x 0.01; half of 30 x 100 x 0.01; 1000 x 0.01.
  EXPECT_EQ(
      forecast(searching(), kWork),
      "forecast: calibration on 50 samples, float and quantized model on 1000 samples each, about 21 s; if the "
      "target is missed, at the float model's pace a ranking of 30 layers on 100 samples, about 15 s; then about 10 s "
      "for each model that is tried, at most 30 of them before layers are ranked again; how many it takes cannot be "
      "known");
}

TEST(Forecast, GoesByTheQuantizedModelsPaceOnceThatIsKnown) {
  Workload work = kWork;
  work.int8_seconds = 0.002;
  const auto text = forecast(searching(), work);
  EXPECT_THAT(text, HasSubstr("a ranking of 30 layers on 100 samples, about 3.0 s; then about 2.0 s for each"));
  EXPECT_THAT(text, testing::Not(HasSubstr("calibration")));
}

TEST(Forecast, BoundsTheModelsThatAreTried) {
  Workload work = kWork;
  work.int8_seconds = 0.002;
  auto settings = searching();
  settings.max_iter_num = 4;
  EXPECT_THAT(forecast(settings, work), HasSubstr("at most 4 of them"));
  settings.max_iter_num.reset();
  settings.order = SearchOrder::Bisect;
  // 2 log2(32) + 1 lengths, each estimated on 100 samples, and one for wrong guesses.
  EXPECT_THAT(forecast(settings, work),
              HasSubstr("then estimates on these samples, at most about 2.2 s; then about 2.0 s for each model that is "
                        "tried, at most 12 of them, two where estimates are right, before"));
  settings.prune = true;
  EXPECT_THAT(forecast(settings, work),
              HasSubstr("ranked again; then one for each layer in float that is tried in int8 again; how many"));
  settings.ranking_subset_size = 501;
  EXPECT_THAT(forecast(settings, work), HasSubstr("at most 11 of them before")) << "ranked on more than half";
  settings.ranking_subset_size = 100;
  work.layers = 3;
  EXPECT_THAT(forecast(settings, work), HasSubstr("at most 3 of them"));
}

TEST(Forecast, WithoutATargetEndsWithTheQuantizedModel) {
  auto settings = searching();
  settings.accuracy_aware = false;
  EXPECT_THAT(forecast(settings, kWork), testing::Not(HasSubstr("target")));
}

}  // namespace
}  // namespace quantrail
