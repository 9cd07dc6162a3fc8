#include "tracking/run_names.h"

#include "support.h"

namespace quantrail::tracking {
namespace {

TEST(RunNames, MadeFromAnyTextAreNamesThatArePermitted) {
  EXPECT_EQ(run_name_from("mobilenet_v1-1.0"), "mobilenet_v1-1.0");
  EXPECT_EQ(run_name_from("my net@2"), "my-net-2");
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
