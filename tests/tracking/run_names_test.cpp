#include "tracking/run_names.h"

#include "support.h"

namespace quantrail::tracking {
namespace {

TEST(RunNames, MadeFromAnyTextAreNamesThatArePermitted) {
  EXPECT_EQ(run_name_from("mobilenet_v1-1.0"), "mobilenet_v1-1.0");
  EXPECT_EQ(run_name_from("my net@2"), "my-net-2");
  EXPECT_EQ(run_name_from("распознавание лиц"), "распознавание-лиц");
  EXPECT_EQ(run_name_from("größe\xFF"), "größe-");
  std::string umlauts = "a";
  for (int letter = 0; letter < 60; ++letter) umlauts += "ä";
  EXPECT_EQ(run_name_from(umlauts), umlauts.substr(0, 95)) << "no half letters";
  EXPECT_EQ(run_name_from("50"), "run-50");
  EXPECT_EQ(run_name_from("latest"), "run-latest");
  for (const std::string& text :
       {std::string(), std::string("\0\x1B[2J", 5), std::string("-"), std::string(5000, '9'), std::string("é")}) {
    EXPECT_TRUE(check_run_name(run_name_from(text))) << run_name_from(text);
  }
}

TEST(RunNames, MayHoldSpacesAndLettersOfAnyLanguage) {
  EXPECT_TRUE(check_run_name("größer, 2nd try"));
  EXPECT_TRUE(fails_with(check_run_name(std::string(101, 'a')), Cause::InvalidInput, "100 bytes"));
  EXPECT_TRUE(fails_with(check_run_name("\x1B[2J"), Cause::InvalidInput, "control characters"));
}

TEST(RunNames, WithANumberAreNoLongerThanIsPermitted) {
  EXPECT_EQ(numbered_name("net", 2), "net-2");
  EXPECT_EQ(numbered_name(std::string(100, 'a'), 10), std::string(97, 'a') + "-10");
  std::string umlauts;
  for (int letter = 0; letter < 50; ++letter) umlauts += "ä";
  EXPECT_EQ(numbered_name(umlauts, 12), umlauts.substr(0, 96) + "-12") << "no half letters";
  EXPECT_TRUE(check_run_name(numbered_name(umlauts, 12)));
}

TEST(RunNames, OfRunsThatShareOneCanAllBeGiven) {
  const TempFolder folder;
  const Store store = new_store(folder);
  auto runs = must(Runs::open(store));
  for (int number = 0; number < 3; ++number) {
    const auto created = must(runs.create(spec_named(std::string(100, 'n'))));
    EXPECT_TRUE(runs.rename(created.id, created.name)) << created.name;
  }
}

TEST(RunNames, AndTagsHoldNothingThatSteersATerminal) {
  for (const std::string text : {"a\xC2\x9B"
                                 "31m",
                                 "a\x9B",
                                 "a\xE2\x80\xAE"
                                 "b",
                                 "a\x7F"}) {
    EXPECT_TRUE(fails_with(check_run_name(text), Cause::InvalidInput, "control characters")) << text;
    EXPECT_TRUE(fails_with(check_tag(text), Cause::InvalidInput, "control characters")) << text;
  }
  EXPECT_TRUE(check_tag("größer"));
}

}  // namespace
}  // namespace quantrail::tracking
