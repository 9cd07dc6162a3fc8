#include "tracking/run_filter.h"

#include "support.h"

namespace quantrail::tracking {
namespace {

RunFacts facts_of_a_run() {
  RunFacts facts;
  facts.run.id = 7;
  facts.run.name = "Night-run";
  facts.run.state = RunState::Done;
  facts.run.outcome = Outcome::Met;
  facts.run.targeted = true;
  facts.run.model = "resnet50";
  facts.run.metric = "accuracy@top1";
  facts.run.float_metric = 0.76;
  facts.run.best = 0.755;
  facts.run.drop = 0.005;
  facts.run.size_bytes = 25U << 20U;
  facts.run.created_ms = 1'795'766'400'000;  // 2026-11-27T08:00:00Z
  facts.run.tags = {"base", "night"};
  facts.run.note = "first try (cold)";
  facts.now_ms = facts.run.created_ms + 7'200'000;
  facts.settings = {{"compression.algorithms[0].params.maximal_drop", "0.01"}, {"engine.seed", "3"}};
  facts.metrics = {{"f1", 0.8}, {"accuracy@top1", 0.755}};
  return facts;
}

bool lets_through(const std::string& filter) { return must(RunFilter::parse(filter)).matches(facts_of_a_run()); }

struct Case {
  const char* filter;
  bool matches;
};

class FilterTest : public testing::TestWithParam<Case> {};

TEST_P(FilterTest, LetsThroughWhatItSays) {
  EXPECT_EQ(lets_through(GetParam().filter), GetParam().matches) << GetParam().filter;
}

INSTANTIATE_TEST_SUITE_P(
    Words, FilterTest,
    testing::Values(Case{"", true}, Case{"  ", true}, Case{"night", true}, Case{"NIGHT", true}, Case{"cold", true},
                    Case{"resnet", true}, Case{"day", false}, Case{"\"first try\"", true},
                    Case{"\"first cold\"", false}, Case{"\"try (cold\"", true}, Case{"first cold", true},
                    Case{"first day", false}, Case{"day | night", true}, Case{"day or night", true},
                    Case{"day OR dusk", false}, Case{"night AND first", true}, Case{"not day", true},
                    Case{"not night", false}, Case{"-day", true}, Case{"-night", false}, Case{"not not night", true},
                    Case{"(day | night) first", true}, Case{"day | (night dusk)", false}, Case{"((night))", true}));
INSTANTIATE_TEST_SUITE_P(Fields, FilterTest,
                         testing::Values(Case{"state:done", true}, Case{"state:running,done", true},
                                         Case{"state:running", false}, Case{"state:d*", true},
                                         Case{"outcome:met", true}, Case{"model:RES*", true}, Case{"model:res", false},
                                         Case{"tag:night", true}, Case{"tags:b?se", true}, Case{"tag:nigh", false},
                                         Case{"has:note", true}, Case{"has:tag", true}, Case{"has:quantized", false},
                                         Case{"not has:parent", true}, Case{"id:7", true},
                                         Case{"name:\"night-run\"", true}));
INSTANTIATE_TEST_SUITE_P(Comparisons, FilterTest,
                         testing::Values(Case{"drop<0.01", true}, Case{"drop<0.005", false}, Case{"drop<=0.005", true},
                                         Case{"best>0.7", true}, Case{"best>=0.756", false}, Case{"float=0.76", true},
                                         Case{"float!=0.76", false}, Case{"quantized<1", false},
                                         Case{"quantized>0", false}, Case{"quantized!=1", true}, Case{"size=25", true},
                                         Case{"age>1h", true}, Case{"age<2d", true}, Case{"age=7200", true},
                                         Case{"age>3w", false}, Case{"name=Night-run", true},
                                         Case{"name=night-run", false}, Case{"tag=night", true},
                                         Case{"tag!=night", false}, Case{"tag!=day", true},
                                         Case{"param.maximal_drop=0.01", true}, Case{"param.maximal_drop=0.010", true},
                                         Case{"param.engine.seed>2", true}, Case{"param.drop=1", false},
                                         Case{"metrics.f1>0.7", true}, Case{"metrics.accuracy@top1>0.76", false},
                                         Case{"metrics.map>0", false}));

INSTANTIATE_TEST_SUITE_P(Times, FilterTest,
                         testing::Values(Case{"created=2026-11-27Z", true}, Case{"created!=2026-11-27Z", false},
                                         Case{"created=2026", true}, Case{"created<=2026-11-27Z", true},
                                         Case{"created<2026-11-27Z", false}, Case{"created>2026-11-27Z", false},
                                         Case{"created>=2026-11-27Z", true}, Case{"created>2026-10", true},
                                         Case{"created<2026-11-27T08:00:01Z", true},
                                         Case{"created<2026-11-27T08:00:00Z", false},
                                         Case{"created=2026-11-28Z", false},
                                         Case{"created=\"2026-11-27 08:00Z\"", true}));
INSTANTIATE_TEST_SUITE_P(Known, FilterTest,
                         testing::Values(Case{"state=done", true}, Case{"state=Done", true}, Case{"state!=DONE", false},
                                         Case{"outcome=Met", true}, Case{"outcome!=not_met", true}));

TEST(RunFilter, TakesAndShowsTimesAsTheClockOnTheWallSays) {
  ::setenv("TZ", "XYZ-05:30", 1);
  ::tzset();
  const auto field = must(run_field("created"));
  const auto value = field.of(facts_of_a_run());
  EXPECT_EQ(shown(field, value), "2026-11-27 13:30:00");
  EXPECT_EQ(shown_to_programs(field, value), "2026-11-27T08:00:00Z");
  EXPECT_TRUE(lets_through("created=2026-11-27T13"));
  EXPECT_TRUE(lets_through("created:\"2026-11-27 13:*\""));
  EXPECT_FALSE(lets_through("created=2026-11-27T08"));
  ::unsetenv("TZ");
  ::tzset();
}

TEST(RunFilter, WhereThereIsNoTargetNoneIsMet) {
  auto facts = facts_of_a_run();
  EXPECT_TRUE(must(RunFilter::parse("outcome:met")).matches(facts));
  facts.run.targeted = false;
  EXPECT_FALSE(must(RunFilter::parse("outcome:met")).matches(facts));
  EXPECT_FALSE(must(RunFilter::parse("has:outcome")).matches(facts));
}

TEST(RunFilter, SaysWhatIsNotUnderstood) {
  const auto refused = [](const std::string& filter, const std::string& part) {
    return fails_with(RunFilter::parse(filter), Cause::InvalidInput, part);
  };
  EXPECT_TRUE(refused("stat:done", "no field \"stat\" (did you mean \"state\"?)"));
  EXPECT_TRUE(refused("state:runing", "no state \"runing\" (did you mean \"running\"?)"));
  EXPECT_TRUE(refused("state=runing", "no state \"runing\" (did you mean \"running\"?)"));
  EXPECT_TRUE(refused("state!=d*", "no state \"d*\""));
  EXPECT_TRUE(refused("outcome:good", "no outcome \"good\""));
  EXPECT_TRUE(refused("drop<small", "drop is a number, \"small\" is none"));
  EXPECT_TRUE(refused("age<long", "(90s, 15m, 4h, 2d, 1w)"));
  EXPECT_TRUE(refused("created>yesterday", "created is a time such as 2026-11"));
  EXPECT_TRUE(refused("drop<", "a value is missing after \"drop<\""));
  EXPECT_TRUE(refused("state:", "a value is missing after \"state:\""));
  EXPECT_TRUE(refused("(a", "a ( is not closed"));
  EXPECT_TRUE(refused("a)", "a ) closes nothing"));
  EXPECT_TRUE(refused("\"a", "a quote is not closed"));
  EXPECT_TRUE(refused("not", "missing after \"not\""));
  EXPECT_TRUE(refused("a |", "missing at the end"));
  EXPECT_TRUE(refused("| a", "missing before \"|\""));
  EXPECT_TRUE(refused("()", "missing before \")\""));
  EXPECT_TRUE(refused("param.=1", "no field \"param.\""));
}

TEST(RunFilter, IsNotLedAstrayByDepth) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "not ";
  EXPECT_TRUE(fails_with(RunFilter::parse(deep + "a"), Cause::InvalidInput, "too many"));
  EXPECT_TRUE(fails_with(RunFilter::parse(std::string(100'000, '(')), Cause::InvalidInput, "too many"));
}

TEST(RunFilter, ReadsOnlyWhatItNeeds) {
  EXPECT_FALSE(must(RunFilter::parse("drop<1 night")).reads(RunField::Source::Settings));
  EXPECT_TRUE(must(RunFilter::parse("a | not (param.x=1)")).reads(RunField::Source::Settings));
  EXPECT_TRUE(must(RunFilter::parse("metrics.f1>0")).reads(RunField::Source::Metrics));
}

}  // namespace
}  // namespace quantrail::tracking
