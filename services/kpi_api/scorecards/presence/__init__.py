"""Leave and part-time on scorecards: by the rules that were signed, which days count for pay and how far targets shrink, in words, too."""
