#include "tracking/run_query.h"

#include <array>

#include "support.h"

namespace quantrail::tracking {
namespace {

class RunQueryTest : public testing::Test {
 protected:
  /// A run whose best iteration drops by `drop`.
  std::int64_t measured(const std::string& name, double drop, const std::string& config = "{}") {
    RunSpec spec = spec_named(name);
    spec.config_json = config;
    const auto id = must(runs_.create(spec)).id;
    const auto lease = own(store_, id);
    const auto recorder = must(Recorder::open(store_, lease->owner()));
    must(recorder->baseline(sample_baseline()));
    must(recorder->iteration(sample_iteration(0, drop)));
    return id;
  }
  std::vector<std::string> names(const RunQuery& query) {
    std::vector<std::string> names;
    for (const auto& facts : must(queried(runs_, query))) names.push_back(facts.run.name);
    return names;
  }
  using Names = std::vector<std::string>;

  TempFolder folder_;
  Store store_ = new_store(folder_);
  Runs runs_ = must(Runs::open(store_));
};

TEST_F(RunQueryTest, NewestFirstUnlessSorted) {
  measured("a", 0.02);
  new_run(store_, "unmeasured");
  measured("b", 0.01);
  EXPECT_EQ(names({}), (Names{"b", "unmeasured", "a"}));
  EXPECT_EQ(names({.sort = "drop"}), (Names{"b", "a", "unmeasured"}));
  EXPECT_EQ(names({.sort = "-drop"}), (Names{"a", "b", "unmeasured"})) << "what has no value comes last either way";
  EXPECT_EQ(names({.sort = "-name"}), (Names{"unmeasured", "b", "a"}));
  EXPECT_EQ(names({.filter = "drop<0.015"}), (Names{"b"}));
  EXPECT_TRUE(fails_with(queried(runs_, {.sort = "dropp"}), Cause::InvalidInput, "did you mean \"drop\"?"));
  EXPECT_TRUE(fails_with(queried(runs_, {.columns = {"x"}}), Cause::InvalidInput, "columns: runs have no field"));
}

TEST_F(RunQueryTest, SortsAndFiltersBySettingsAndMetrics) {
  measured("ten", 0.01, R"({"engine":{"threads":10},"list":[{"k":"v"}],"other":[1,2]})");
  measured("nine", 0.02, R"({"engine":{"threads":9}})");
  EXPECT_EQ(names({.filter = "param.threads>9"}), (Names{"ten"}));
  EXPECT_EQ(names({.filter = "param.list[0].k=v"}), (Names{"ten"}));
  EXPECT_EQ(names({.filter = "param.other=[1,2]"}), (Names{"ten"}));
  EXPECT_EQ(names({.filter = "metrics.top1>0.735"}), (Names{"ten"}));
  EXPECT_EQ(names({.sort = "-metrics.top1"}), (Names{"ten", "nine"}));
}

TEST_F(RunQueryTest, SettingsThatAreNumbersAreSortedAsNumbers) {
  measured("x100", 0.01, R"({"size":100,"kind":"b"})");
  measured("x20", 0.02, R"({"size":20,"kind":"a"})");
  measured("all", 0.03, R"({"size":"all","kind":"c"})");
  measured("x300", 0.04, R"({"size":300})");
  measured("none", 0.05);
  EXPECT_EQ(names({.sort = "param.size"}), (Names{"x20", "x100", "x300", "all", "none"}));
  EXPECT_EQ(names({.sort = "-param.size"}), (Names{"all", "x300", "x100", "x20", "none"}));
  EXPECT_EQ(names({.sort = "param.kind"}), (Names{"x20", "x100", "all", "none", "x300"}));
}

TEST_F(RunQueryTest, WhatIsNoNumberComesLastInEitherDirection) {
  for (int number = 0; number < 40; ++number) {
    const double drop = number % 3 == 0 ? kNaN : 0.001 * ((number * 7) % 40);
    measured(std::to_string(number) + "x", drop);
  }
  for (const char* sort : {"metrics.top1", "-metrics.top1"}) {
    std::vector<double> values;
    for (const auto& facts : must(queried(runs_, {.sort = sort}))) {
      const auto field = must(run_field("metrics.top1"));
      const auto value = number_of(field, field.of(facts));
      if (value && *value == *value)
        values.push_back(*value);
      else
        break;
    }
    EXPECT_EQ(values.size(), 26U) << sort;
    if (*sort == '-') std::reverse(values.begin(), values.end());
    EXPECT_TRUE(std::is_sorted(values.begin(), values.end())) << sort;
  }
}

TEST_F(RunQueryTest, TheTrashIsAListOfItsOwn) {
  const auto id = new_run(store_, "old");
  new_run(store_, "new");
  must(runs_.trash(std::array{id}));
  EXPECT_EQ(names({}), (Names{"new"}));
  EXPECT_EQ(names({.which = Listed::Trashed}), (Names{"old"}));
  EXPECT_EQ(names({.which = Listed::All}), (Names{"new", "old"}));
}

TEST(RunField, SmallAndLargeNumbersAreTold) {
  const auto drop = must(run_field("drop"));
  EXPECT_EQ(shown(drop, 0.0125), "0.0125");
  EXPECT_EQ(shown(drop, 1e-8), "1e-08");
  EXPECT_EQ(shown(drop, -0.0), "0.0000");
  EXPECT_EQ(shown(drop, kNaN), "nan");
  EXPECT_EQ(shown(must(run_field("metrics.mse")), 1.5e9), "1.5e+09");
  EXPECT_EQ(shown_to_programs(drop, 0.123456789012), "0.123456789012");
  EXPECT_EQ(shown_to_programs(must(run_field("reverted")), 12.0), "12");
}

TEST_F(RunQueryTest, ViewsAreKept) {
  EXPECT_TRUE(fails_with(view(store_, "mine"), Cause::InvalidInput, "none was saved yet"));
  must(save_view(store_, {"mine", {.filter = "has:drop", .sort = "-drop", .columns = {"id", "drop"}}}));
  must(save_view(store_, {"mine", {.filter = "has:note", .sort = "", .columns = {}}}));
  const View kept = must(view(store_, "mine"));
  EXPECT_EQ(kept.query.filter, "has:note");
  EXPECT_TRUE(kept.query.sort.empty());
  EXPECT_TRUE(kept.query.columns.empty());
  EXPECT_TRUE(fails_with(view(store_, "mime"), Cause::InvalidInput, "did you mean \"mine\"?"));
  EXPECT_TRUE(fails_with(save_view(store_, {"", {}}), Cause::InvalidInput, "needs a name"));
  EXPECT_TRUE(fails_with(save_view(store_, {"bad", {.filter = "("}}), Cause::InvalidInput, "filter"));
  EXPECT_TRUE(fails_with(save_view(store_, {"bad", {.sort = "-x"}}), Cause::InvalidInput, "no field"));
  must(forget_view(store_, "mine"));
  EXPECT_TRUE(must(views(store_)).empty());
  EXPECT_FALSE(forget_view(store_, "mine"));
}

}  // namespace
}  // namespace quantrail::tracking
