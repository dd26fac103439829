"""What a cluster reports of the health of what runs in it: pods, rollouts, Jobs and schedules.

An object has a row where its status was reported. A manifest that nobody applied has none, and is not judged.
"""
