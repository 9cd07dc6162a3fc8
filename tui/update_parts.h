#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tui/model.h"

namespace quantrail::tui {

// Pieces of update(), by what they are about.

/// Round and round through an enumeration that begins at 0 and ends at `last`.
template <class Choice>
[[nodiscard]] Choice following(Choice now, Choice last) {
  return now == last ? Choice{} : static_cast<Choice>(static_cast<int>(now) + 1);
}
template <class Choice>
[[nodiscard]] Choice preceding(Choice now, Choice last) {
  return now == Choice{} ? last : static_cast<Choice>(static_cast<int>(now) - 1);
}

/// Nothing is to be done.
[[nodiscard]] inline Next still(Model model) { return {std::move(model), {}}; }
[[nodiscard]] Next telling(Model model, std::string text, bool good);
/// The same with a command of the program under way.
[[nodiscard]] Next commanding(Model model, std::vector<std::string> arguments, bool show = false);
[[nodiscard]] Next commanding_each(Model model, const std::vector<std::vector<std::string>>& commands);
/// What `model` shows, read again.
[[nodiscard]] std::vector<Cmd> reading(const Model& model, bool fresh);
[[nodiscard]] Next going_to(Model model, Screen screen);
[[nodiscard]] Next going_back(Model model);
[[nodiscard]] Next opening_run(Model model, std::int64_t id, std::optional<std::int64_t> iteration);
[[nodiscard]] Next showing_text(Model model, std::string title, std::vector<std::string> lines);
[[nodiscard]] Next asking(Model model, Prompt prompt);

/// A key, once no prompt, menu, question or form takes it.
[[nodiscard]] Next acted(Model model, Action action);
[[nodiscard]] Next acted_on_run(Model model, Action action);      ///< what the list and a run's page have in common
[[nodiscard]] Next acted_on_list(Model model, Action action);     ///< the list of runs
[[nodiscard]] Next acted_on_page(Model model, Action action);     ///< pages of one run
[[nodiscard]] Next acted_on_compare(Model model, Action action);  ///< pages of a comparison
[[nodiscard]] Next run_left_out(Model model, std::int64_t run);   ///< of the comparison
[[nodiscard]] Next moved(Model model, Action action);
[[nodiscard]] Next clicked(Model model, const Clicked& click);
[[nodiscard]] bool is_move(Action action);
// What is selected stays so while `change` turns, replaces or narrows the list that it is in.
void keeping_point(ComparePage& page, const std::function<void()>& change);
void keeping_layer(RunPage& page, const std::function<void()>& change);
void keeping_setting(RunPage& page, const std::function<void()>& change);

/// The nearest text that holds `what`, whatever its case: from `from` on (`step` 0), behind it (1) or before it (-1),
/// round and round.
[[nodiscard]] std::optional<std::size_t> found_from(const std::vector<std::string>& texts, std::string_view what,
                                                    std::size_t from, int step);
/// The page's search goes on in the direction of `step`, see found_from().
[[nodiscard]] Next searched(Model model, int step);

[[nodiscard]] Next typed_in_prompt(Model model, const KeyPress& press);
[[nodiscard]] Next chose_in_menu(Model model, const KeyPress& press);
[[nodiscard]] Next typed_in_form(Model model, const KeyPress& press);
[[nodiscard]] Next form_loaded(Model model, const FormLoaded& loaded);
[[nodiscard]] Next form_checked(Model model, const FormChecked& checked);
[[nodiscard]] Next form_submitted(Model model, const CommandDone& done);
/// What was typed into the palette.
[[nodiscard]] Next command_typed(Model model, const std::string& text);
/// As a shell would cut it: blanks separate, quotes keep together, a backslash keeps the next character.
[[nodiscard]] std::vector<std::string> shell_words(const std::string& text);
/// The quote that such a text opens and does not close; '\0': none.
[[nodiscard]] char open_quote(const std::string& text);
/// What a command printed, line by line.
[[nodiscard]] std::vector<std::string> lines_of(const std::string& text);
/// A run by its number, its name in the list, or "latest".
[[nodiscard]] std::optional<std::int64_t> run_called(const Model& model, const std::string& text);
/// The runs that a key about several acts on: the marked ones, or the current one.
[[nodiscard]] std::vector<std::int64_t> chosen_runs(const Model& model);
[[nodiscard]] std::vector<std::string> help_lines(const Model& model);

}  // namespace quantrail::tui
