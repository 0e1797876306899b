"""The parts of `put_back.py`: make a trial, run a tool on it, judge what the tool did."""
